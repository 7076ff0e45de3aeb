"""What each http action must send and read, written from the vendors' documentation (the `source` of the action).

`sent` is the request as documented; `reply` is cut from the documentation's example answers; `given` is what the
task's result must be for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Case(NamedTuple):
    """One call. path is behind the base address; body: JSON, or a form when `form` is set."""

    action: str
    arguments: dict[str, Any]
    method: str
    path: str
    body: Any = None
    reply: Any = None
    given: Any = None
    query: Mapping[str, str] = MappingProxyType({})
    form: bool = False
    status: int = 200
