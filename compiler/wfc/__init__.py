"""wfc: a compiler for workflows.

`wfc.load_texts([(path, text)])` gives a project and its diagnostics, `wfc.compile_flow(project, flow, target)` files.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic as Diagnostic
    from wfc.pipeline import compile_flow as compile_flow
    from wfc.pipeline import load_texts as load_texts

HOMES = {"Diagnostic": "wfc.diagnostic", "compile_flow": "wfc.pipeline", "load_texts": "wfc.pipeline"}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: the command line starts without the rest."""
    if name not in HOMES:
        raise AttributeError(f"module 'wfc' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(HOMES[name]), name)
