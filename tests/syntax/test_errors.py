"""Each snippet of errors/*.wf reports the errors that its `#! WF001 "regex"` comments announce, on their lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wfc.parse import parse
from wfc.source import Source

EXPECTED = re.compile(r'#! (WF\d+) "((?:[^"\\]|\\.)*)"')
SNIPPETS = [
    pytest.param(text, id=f"{path.stem}-{number}")
    for path in sorted(Path(__file__).with_name("errors").glob("*.wf"))
    for number, text in enumerate(path.read_text("utf-8").split("---\n"), 1)
]


def announced(text: str) -> dict[int, tuple[str, str]]:
    """Line → (code, regex of the message)."""
    lines: dict[int, tuple[str, str]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = EXPECTED.search(line)
        if match:
            lines[number] = match[1], match[2].replace('\\"', '"')
    return lines


@pytest.mark.parametrize("text", SNIPPETS)
def test_each_error_is_reported_on_its_line_and_no_other(text: str) -> None:
    expected = announced(text)
    source_text = EXPECTED.sub("", text)
    document, diagnostics = parse("snippet.wf", source_text)
    source = Source("snippet.wf", source_text)
    found = {source.position(one.span.start).line: one for one in diagnostics}
    shown = "\n".join(f"{line}: {one.message}" for line, one in found.items())
    assert document.broken
    assert found.keys() == expected.keys(), shown
    for line, (code, regex) in expected.items():
        assert found[line].code == code
        assert re.search(regex, found[line].message), shown
