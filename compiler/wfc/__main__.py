"""`python -m wfc` is the command line."""

from wfc.cli import program

program()
