"""Python source that a formatter leaves as it is, and that means what was asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfc_targets.common.python_source import (
    Braces,
    Call,
    Code,
    Script,
    assignment,
    body,
    chain,
    inline,
    statement,
    string,
    write,
)

RUFF = Path(sys.executable).parent / "ruff"


def plain(letters: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """JSON values whose texts are made of these letters."""
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(letters, max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(letters, max_size=8), inner, max_size=4),
        max_leaves=12,
    )


PLAIN = plain(st.characters())
NARROW = plain(st.characters(max_codepoint=0x2FF))
"""Texts of letters that are one column wide: of wider ones ruff breaks the line earlier, which changes no meaning."""


def formatted(text: str, width: int) -> str:
    """The text as ruff writes it."""
    command = [RUFF, "format", "--isolated", "--line-length", str(width), "--stdin-filename", "x.py", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


@given(st.text())
def test_a_string_means_itself(text: str) -> None:
    assert ast.literal_eval(string(text)) == text


@given(PLAIN)
def test_plain_values_mean_themselves(value: Any) -> None:
    assert ast.literal_eval(write(value)) == value


@settings(max_examples=25, deadline=None)
@given(st.lists(NARROW, min_size=3, max_size=8), st.sampled_from([88, 110, 120]))
def test_ruff_changes_nothing(values: list[Any], width: int) -> None:
    call = Call("f", tuple((f"name{number}", value) for number, value in enumerate(values)))
    text = assignment("x", call) + "\n"
    assert formatted(text, width) == text


@pytest.mark.parametrize(
    ("node", "source"),
    [
        (Code("a.output"), "a.output"),
        ((1,), "(1,)"),
        ((1, "a"), '(1, "a")'),
        (Braces((("a", None), ("b", None))), '{"a", "b"}'),
        (Braces(((Code("str"), Code("int")),)), "{str: int}"),
        (Call("f", ((None, 1), ("k", []))), "f(1, k=[])"),
    ],
)
def test_short_nodes_stand_on_one_line(node: Any, source: str) -> None:
    assert inline(node) == source


def test_what_is_too_wide_has_one_item_a_line() -> None:
    node = Call("f", (("first", "a" * 40), ("second", {"key": "b" * 40})))
    assert write(node) == f'f(\n    first="{"a" * 40}",\n    second={{"key": "{"b" * 40}"}},\n)'


@pytest.mark.parametrize("text", ["echo a\n  echo b", "a \\\nb", "# {{ x }}\n\necho '\"'", "cat <<E\n\tx\nE"])
def test_a_script_comes_back_as_it_was(text: str) -> None:
    from textwrap import dedent

    found = ast.literal_eval(write(Script(text), 3))
    assert dedent(found).strip("\n") == text


@pytest.mark.parametrize("text", ['a\n"""\nb', "a\n\x00b", "  a\n  b", "a\n   \nb"])
def test_a_script_that_indentation_would_change_is_one_line(text: str) -> None:
    written = write(Script(text), 1)
    assert "\n" not in written
    assert ast.literal_eval(written) == text


def test_a_chain_that_is_too_wide_goes_on_from_its_last_part() -> None:
    names = [letter * 30 for letter in "abcd"]
    assert chain(names, ">>", 1).split("\n") == [
        f"    {names[0]} >> {names[1]}",
        f"    {names[1]} >> {names[2]}",
        f"    {names[2]} >> {names[3]}",
    ]


def test_a_statement_that_is_too_wide_is_kept_from_the_formatter() -> None:
    text = statement("x = " + " + ".join(["value"] * 20)) + "\n"
    assert text.endswith("  # fmt: skip\n")
    assert formatted(text, 88) == text


def test_a_body_is_indented_but_not_its_strings() -> None:
    assert body('x = """a\n  b"""\nreturn  x', 1) == (
        '    # fmt: off\n    x = """a\n  b"""\n    return  x\n    # fmt: on'
    )
