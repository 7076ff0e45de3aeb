"""All targets by name, each loaded when it is first asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.target import Target

NAMES = ("airflow", "github", "kestra")


def load(name: str) -> Target:
    """The target of that name, one of NAMES."""
    from importlib import import_module

    found: Target = import_module(f"wfc_targets.{name}").TARGET
    return found
