"""Each snippet of errors/*.wf reports what its `#! CODE "regex" help "regex"` comments announce, on their lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wfc.pipeline import load_texts

TEXT = r'"((?:[^"\\]|\\.)*)"'
EXPECTED = re.compile(rf"#! (WF\d+) {TEXT}(?: help {TEXT})?")
SNIPPETS = [
    pytest.param(text, id=f"{path.stem}-{number}")
    for path in sorted(Path(__file__).with_name("errors").glob("*.wf"))
    for number, text in enumerate(path.read_text("utf-8").split("---\n"), 1)
]


@pytest.mark.parametrize("text", SNIPPETS)
def test_all_defects_are_reported_on_their_lines_in_one_run(text: str) -> None:
    expected = []
    for number, line in enumerate(text.split("\n"), 1):
        match = EXPECTED.search(line)
        if match:
            regexes = (text.replace('\\"', '"') for text in match.groups("")[1:])
            expected.append((number, match[1], *regexes))
    loaded = load_texts([("snippet.wf", EXPECTED.sub("", text))])
    source = loaded.sources["snippet.wf"]
    found = [(source.position(one.span.start).line, one.code, one.message, one.help) for one in loaded.diagnostics]
    shown = "\n".join(map(str, found))
    assert [one[:2] for one in found] == [one[:2] for one in expected], shown
    for (_, _, *texts), (_, _, *regexes) in zip(found, expected, strict=True):
        assert all(map(re.search, regexes, texts)), shown
