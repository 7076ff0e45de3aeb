"""The formatter keeps the tree, every comment once, and its own output; and its layout is what layout/*.wf show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from strategies.programs import programs
from wfc.format import format_document
from wfc.parse import parse
from wfc.syntax import Document, Node, Token
from wfc.text import dedented

LAYOUTS = sorted(Path(__file__).with_name("layout").glob("*.wf"))


def read(text: str) -> Document:
    document, diagnostics = parse("program.wf", text)
    assert diagnostics == (), (diagnostics, text)
    return document


def meaning(place: Node | Token) -> Any:
    """A tree without its layout: no commas, triple-quoted text as its value."""
    if isinstance(place, Token):
        return place.kind, dedented(place.text) if place.kind == "DOC" else place.text
    return place.kind, [meaning(kid) for kid in place.kids if kid.kind != "COMMA"]


@settings(max_examples=300, deadline=None)
@given(programs(size=120))
def test_formatting_keeps_the_tree_and_the_comments_and_is_stable(text: str) -> None:
    before = read(text)
    formatted = format_document(before)
    after = read(formatted)
    assert meaning(after.root) == meaning(before.root)
    assert sorted(one.text.rstrip() for one in after.comments) == sorted(one.text.rstrip() for one in before.comments)
    assert format_document(after) == formatted


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_the_layout_is_the_one_shown(path: Path) -> None:
    before, _, after = path.read_text("utf-8").partition("=====\n")
    assert format_document(read(before)) == after
    assert format_document(read(after)) == after


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_line_ends_do_not_change_the_layout(ends: str) -> None:
    text = 'flow a {\n  # why\n  task b = shell("""\n    x\n      y\n  """)\n}\n'
    assert format_document(read(text.replace("\n", ends))) == text


def test_a_text_with_errors_is_refused() -> None:
    document, _ = parse("broken.wf", "flow a {")
    with pytest.raises(ValueError, match="syntax errors"):
        format_document(document)


def test_an_empty_text_stays_empty_and_a_lone_comment_stays() -> None:
    assert format_document(read("")) == ""
    assert format_document(read("\n\n# why\n")) == "# why\n"
