"""Findings as text: frames, labels, notes, other formats."""

from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import pytest

from wfc import render
from wfc.diagnostic import Diagnostic, Edit, Fix, Label
from wfc.source import NOWHERE, Source, Span

ROOT = Path(__file__).parents[2]
TEXT = 'flow a {\n  task b = shell("b"\n\n\n  task c = shell("c")\n}\n'
SOURCES = {"a.wf": Source("a.wf", TEXT), "b.wf": Source("b.wf", "type T = int\n")}
OPEN = TEXT.index("(")
FOUND = Diagnostic(
    "WF001",
    "syntax",
    "error",
    "the `(` of `shell(` is not closed",
    Span(OPEN + 4, OPEN + 4, "a.wf"),
    (Label(Span(OPEN, OPEN + 1, "a.wf"), "opened here"), Label(Span(5, 6, "b.wf"), "a type")),
    why="because " * 12,
    help="write `)` here",
    fixes=(Fix("close it", (Edit(Span(OPEN + 4, OPEN + 4, "a.wf"), ")"),)),),
)


def test_pretty_shows_the_lines_the_labels_and_the_notes() -> None:
    assert render.pretty([FOUND], SOURCES) == (
        "error[WF001] syntax: the `(` of `shell(` is not closed\n"
        " --> a.wf:2:21\n"
        "  |\n"
        '2 |   task b = shell("b"\n'
        "  |                     ^\n"
        "  |                 - opened here\n"
        " ::: b.wf:1:6\n"
        "  |\n"
        "1 | type T = int\n"
        "  |      - a type\n"
        "  = why: because because because because because because because because because\n"
        "         because because because\n"
        "  = help: write `)` here\n"
        "  = fix: close it\n"
        "\n"
    )


def test_lines_between_labels_are_left_out() -> None:
    found = Diagnostic(
        "WF103", "duplicate-name", "warning", "again", Span(TEXT.index("c ="), TEXT.index("c =") + 1, "a.wf"),
        (Label(Span(TEXT.index("b ="), TEXT.index("b =") + 1, "a.wf"), "first"),),
    )  # fmt: skip
    text = render.pretty([found], SOURCES)
    assert '2 |   task b = shell("b"\n  |        - first\n...\n5 |   task c = shell("c")\n  |        ^\n' in text


def test_nothing_is_wider_than_80_columns_and_no_control_gets_through() -> None:
    line = "x" * 300 + "\x1b[31m\t日本" + "y" * 300
    source = Source("long.wf", line)
    for start in (0, 150, 302, 306, 400, 599):
        found = Diagnostic("WF001", "syntax", "error", "here", Span(start, start + 200, "long.wf"))
        text = render.pretty([found], {"long.wf": source})
        assert "\x1b" not in text
        assert all(render.width(row) <= 80 for row in text.split("\n"))
        assert text.count("^") >= 1


def test_a_mark_stands_under_a_wide_character() -> None:
    source = Source("w.wf", '"日本" x')
    found = Diagnostic("WF001", "syntax", "error", "here", Span(5, 6, "w.wf"))
    assert '1 | "日本" x\n  |        ^\n' in render.pretty([found], {"w.wf": source})


def test_a_finding_without_a_place_has_no_frame() -> None:
    found = Diagnostic("WF999", "nowhere", "info", "nothing to show", NOWHERE)
    assert render.pretty([found], {}) == "info[WF999] nowhere: nothing to show\n\n"


def test_concise_is_a_line_a_finding() -> None:
    assert render.concise([FOUND, FOUND], SOURCES) == "a.wf:2:21: WF001 the `(` of `shell(` is not closed\n" * 2


def test_the_json_form_follows_its_schema() -> None:
    schema = json.loads((ROOT / "schemas" / "wfc_schemas" / "diagnostics.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render.json([FOUND], SOURCES)), schema)
    assert schema["properties"]["version"]["const"] == render.VERSION


def test_json_has_a_version_and_all_places() -> None:
    value = json.loads(render.json([FOUND], SOURCES))
    (one,) = value["diagnostics"]
    place = {"line": 2, "column": 21, "offset": OPEN + 4}
    assert value["version"] == 1
    assert (one["code"], one["path"], one["start"], one["end"]) == ("WF001", "a.wf", place, place)
    assert one["labels"][1] == {
        "message": "a type",
        "path": "b.wf",
        "start": {"line": 1, "column": 6, "offset": 5},
        "end": {"line": 1, "column": 7, "offset": 6},
    }
    assert one["fixes"][0]["edits"][0]["text"] == ")"


def test_github_annotations_escape_what_the_command_would_read() -> None:
    found = Diagnostic("WF001", "syntax", "info", "50%\nof: it, all", Span(5, 6, "a,b:c.wf"), help="mend it")
    sources = {"a,b:c.wf": SOURCES["a.wf"]}
    assert render.github([found], sources) == (
        "::notice file=a%2Cb%3Ac.wf,line=1,endLine=1,col=6,endColumn=7,title=WF001 syntax"
        "::50%25%0Aof: it, all%0Amend it\n"
    )


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_without_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert render.wants_colour(Terminal())
    assert not render.wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not render.wants_colour(Terminal())
    coloured = render.pretty([FOUND], SOURCES, colour=True)
    assert "\x1b[1;31merror[WF001]\x1b[0m" in coloured
