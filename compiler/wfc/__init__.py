"""wfc: a compiler for workflows."""
