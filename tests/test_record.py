"""Records take what a function with their fields as parameters takes, whoever makes their `__init__`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wfc.record import COMPILED_AFTER, Record


def like(x: int, y: int = 2) -> None:
    """What Python says of the same arguments."""


ARGUMENTS: tuple[tuple[tuple[int, ...], dict[str, int]], ...] = (
    ((1,), {}),
    ((1, 3), {}),
    ((1,), {"y": 5}),
    ((), {"y": 1, "x": 4}),
    ((1, 2, 3), {}),
    ((), {}),
    ((), {"y": 1}),
    ((1,), {"x": 1}),
    ((1,), {"z": 1}),
    ((1,), {"y": 1, "z": 1}),
    ((), {"y": 1, "z": 3}),
)


def outcome(call: Callable[..., object], *given: int, **named: int) -> str:
    """What a call says, without the name of what was called."""
    try:
        return repr(call(*given, **named))
    except TypeError as error:
        return str(error).partition("()")[2]


@pytest.mark.parametrize("before", [0, COMPILED_AFTER])
@pytest.mark.parametrize(("given", "named"), ARGUMENTS)
def test_a_record_takes_what_a_function_takes(given: tuple[int, ...], named: dict[str, int], before: int) -> None:
    class Pair(Record):
        x: int
        y: int = 2

    for _ in range(before):
        Pair(0)
    made: Any = outcome(Pair, *given, **named)
    expected = outcome(like, *given, **named)
    if expected == "None":
        x, y = {
            "x": given[0] if given else named.get("x"),
            "y": 2,
            **dict(zip("xy", given, strict=False)),
            **named,
        }.values()
        assert made == f"Pair(x={x}, y={y})"
    else:
        # a method counts itself
        assert made == expected.replace("from 1 to 2", "from 2 to 3").replace("but 3 were", "but 4 were")
