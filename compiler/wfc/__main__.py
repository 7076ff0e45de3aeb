"""`python -m wfc` is the command line."""

from wfc.cli import main

raise SystemExit(main())
