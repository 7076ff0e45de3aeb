"""The tests that steps make of their results, against what fits a type in the reference."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfc.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FLOAT,
    INT,
    JSON,
    STRING,
    EnumType,
    ListType,
    MapType,
    OptionalType,
    RecordType,
)
from wfc.values import misfit
from wfc_targets.github import shapes

if TYPE_CHECKING:
    from wfc.types import Type

SIMPLE = (STRING, INT, FLOAT, BOOL, EnumType(("bug", "a.b", 'say "x"')), JSON)
TYPES: Any = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: st.one_of(
        inner.map(ListType),
        inner.map(MapType),
        inner.map(OptionalType),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda kinds: RecordType(tuple((name, kind) for name, kind in zip(("id", "a b", "c"), kinds, strict=False)))
        ),
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    st.sampled_from((None, True, False, 0, -3, 2.0, 2.5, "", "bug", "a.b", 'say "x"', "x\ny")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(("id", "a b", "c", "d")), inner)
    ),
    max_leaves=5,
)


DAYS = ("2026-03-01", "2026-12-31", "2026-11-30", "2024-02-29", "2000-02-29")
NO_DAYS = ("2026-3-1", "2026-13-01", "2026-00-10", "2026-01-32", "2026-04-31", "2026-02-29", "1900-02-29", "2026-05-00")


@given(TYPES, VALUES)
def test_python_agrees_with_the_reference(kind: Type, value: Any) -> None:
    assert bool(eval(shapes.python(kind, "value"), {"re": re}, {"value": value})) == (misfit(value, kind) == "")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TYPES, VALUES), min_size=10, max_size=10))
def test_jq_agrees_with_the_reference(pairs: list[tuple[Type, Any]]) -> None:
    tests = ", ".join(f"(.[{number}] | {shapes.jq(kind)})" for number, (kind, _) in enumerate(pairs))
    values = json.dumps([value for _, value in pairs])
    done = subprocess.run(["jq", "-c", f"[{tests}]"], input=values, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [misfit(value, kind) == "" for kind, value in pairs]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (INT, ("0", "-12", "9007199254740991"), ("007", "1.0", "", "1 ", "+1", "x")),
        (FLOAT, ("0.5", "-2", "1e-07", "5"), (".5", "1.", "nan", "")),
        (BOOL, ("true", "false"), ("True", "1", "")),
        (DATE, DAYS, (*NO_DAYS, "2026-03-01T00:00:00Z")),
        (EnumType(("a.b", "x|y", "^z\\")), ("a.b", "x|y", "^z\\"), ("aXb", "x", "y", "A.B")),
    ],
)
def test_patterns(kind: Type, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
    pattern = f"^{shapes.pattern(kind)}$"

    def fits(text: str) -> bool:
        return subprocess.run(["grep", "-qE", pattern], input=text + "\n", text=True).returncode == 0

    assert [fits(text) for text in good] == [True] * len(good)
    assert [fits(text) for text in bad] == [False] * len(bad)


def fits_python(kind: Type, value: Any) -> bool:
    """Does the value pass the test in Python, as it stands behind `if not`?"""
    try:
        refused = eval(f"not {shapes.python(kind, 'value')}", {"re": re, "datetime": datetime}, {"value": value})
    except ValueError:
        return False
    return not refused


def test_days_that_do_not_exist_are_no_dates() -> None:
    for kind, suffix in ((DATE, ""), (DATETIME, "T10:00:00Z")):
        days, others = ([day + suffix for day in group] for group in (DAYS, NO_DAYS))
        values = [*days, *others, 20260301]
        assert [fits_python(kind, value) for value in values] == [True] * len(days) + [False] * (len(others) + 1)
        done = subprocess.run(
            ["jq", "-c", f"map({shapes.jq(kind)})"],
            input=json.dumps(values),
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == [True] * len(days) + [False] * (len(others) + 1)


@pytest.mark.parametrize("kind", [DURATION, INT])
def test_a_number_beyond_2_53_is_not_whole_for_all_engines(kind: Type) -> None:
    assert fits_python(kind, 2**53 - 1)
    assert not fits_python(kind, 2**53)
    assert not fits_python(kind, "7")


def test_what_json_has_no_text_for_is_no_float() -> None:
    assert [fits_python(FLOAT, value) for value in (1, 2.5, -1e300)] == [True] * 3
    assert [fits_python(FLOAT, float(value)) for value in ("nan", "inf", "-inf")] == [False] * 3


def test_paths() -> None:
    value = {"a": {"b-c": {"d": 7}}, "x y": 8}

    def read(*names: str) -> Any:
        done = subprocess.run(
            ["jq", "-c", shapes.jq_path(names)], input=json.dumps(value), capture_output=True, text=True
        )
        return json.loads(done.stdout)

    assert read("a", "b-c", "d") == 7
    assert read("x y") == 8
    assert read("a", "none", "d") is None
