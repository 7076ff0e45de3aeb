"""Recovery as a whole: five errors in one file, hostile texts, what is kept and what is lost."""

from __future__ import annotations

import time

import pytest

from strategies.programs import program
from wfc.format import format_document
from wfc.parse import parse, parse_part
from wfc.source import Source
from wfc.syntax import Node, walk

FLOW = """\
flow release_aftermath {
  \"\"\"After a release.\"\"\"

  on github.release(repo: "acme/app", actions: ["published"]) as release
  input tag: string = release.tag
  secret github_token, todoist_token, slack_url
  defaults { retry exponential(attempts: 4, first: 2s, max: 1m) timeout 2m }

  parallel {
    task commits = github.compare(repo: "acme/app", head: tag, token: github_token)
    task open = todoist.list(project: "App", token: todoist_token)
  }

  task matches = llm.extract(
    prompt: "Which open task does each commit finish?",
    data: { commits: commits.items, tasks: open.items },
  ) -> list<{ commit: string, task: string, confidence: float }>

  for m in matches max 4 {
    if m.confidence >= 0.8 {
      task close = todoist.close(id: m.task, token: todoist_token) idempotent by m.task
    }
  }

  approve publish = "Publish the notes for {tag}?" timeout 1d
  task notes = github.release_notes(repo: "acme/app", tag: tag, token: github_token)

  let title = "Release {tag}" + notes.suffix
  task announce = slack.post(url: slack_url, text: title) after notes when notes.ok
  task archive = shell(\"\"\"
    tar czf notes.tgz notes
  \"\"\", env: { TAG: tag }) no retry

  on failure {
    task tell = slack.post(url: slack_url, text: "{tag}: {failure.task} failed: {failure.message}")
  }
}
"""
"""A flow without errors, of some forty lines."""

SEEDED = [
    ("timeout 2m }", "timeout 2 }"),
    ('head: tag, token: github_token)\n    task open', 'head: tag, token: github_token\n    task open'),
    ("m.confidence >= 0.8 {", "m.confidence >= 0.8 && true {"),
    ('approve publish = "Publish the notes for {tag}?"', "approve publish = 'Publish the notes for {tag}?'"),
    ('"Release {tag}" + notes.suffix', '"Release {tag}" +'),
    ("    }\n  }\n\n  approve", "    }\n\n  approve"),
    ("task notes =", "step notes ="),
    ("-> list<{", "-> list<<"),
    ("when notes.ok", "whn notes.ok"),
    ("input tag: string", "input tag string"),
    ("env: { TAG: tag }", "env: { TAG = tag }"),
    ('text: title)', 'text: title))'),
    ("secret github_token,", "secret github_token"),
    ("on failure {", "on failure"),
]  # fmt: skip


def lines_of(text: str) -> list[int]:
    """The lines of the errors of a text."""
    source = Source("a.wf", text)
    return [source.position(one.span.start).line for one in parse("a.wf", text)[1]]


# A missing `{` and a missing `}` cancel out where the indentation agrees, so the last one is seeded alone only.
TOGETHER = SEEDED[:-1]


@pytest.mark.parametrize("shift", range(len(TOGETHER)))
def test_five_seeded_errors_are_found_with_at_most_one_more(shift: int) -> None:
    chosen = [TOGETHER[(shift + step * 3) % len(TOGETHER)] for step in range(5)]
    text = FLOW
    for old, new in chosen:
        assert text.count(old) == 1
        text = text.replace(old, new)
    expected = set()
    for old, new in chosen:
        at = text.index(new)
        same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        expected.add(text.count("\n", 0, at + same) + 1)
    found = lines_of(text)
    near = {line for line in expected if {line - 1, line, line + 1} & set(found)}
    assert near == expected, (sorted(expected), found)
    assert len(found) <= 6, (sorted(expected), found)


@pytest.mark.parametrize("seeded", SEEDED, ids=[new[:24] for _, new in SEEDED])
def test_one_seeded_error_is_one_finding_and_the_other_tasks_are_kept(seeded: tuple[str, str]) -> None:
    document, diagnostics = parse("a.wf", FLOW.replace(*seeded))
    assert len(diagnostics) == 1
    tasks = [node for node in walk(document.root) if isinstance(node, Node) and node.kind == "task"]
    names = {token.text for node in tasks if (token := node.token("NAME"))}
    wanted = {"commits", "open", "matches", "close", "notes", "announce", "archive", "tell"}
    assert wanted - names - document.lost == set()
    assert len(names) >= 7


def test_names_of_what_could_not_be_read_are_lost_not_unknown() -> None:
    document, _ = parse("a.wf", "flow a {\n  task b = <<< >>> ((\n  task c = shell(b.x)\n}\n")
    assert document.broken
    assert "b" in document.lost


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "flow a { let x = " + "not " * 5_000 + "b }",
        "flow a { let x = 1" + " + 1" * 5_000 + " }",
        "flow a {" + "if x {" * 5_000,
        "\0" * 20_000,
        '"' * 20_001,
        '"""' + 'a"b' * 100_000,
        "flow a { let x = '" + "y" * 10**6,
        'flow a { let x = "' + "{{" * 10**5,
        "} " * 20_000,
        "task " * 20_000,
        "\ufeff\ufeff",
        "flow\u00a0a {}",
        "é" * 10_000,
    ],
    ids=lambda text: repr(text[-8:]),
)
def test_hostile_texts_end_soon_with_few_words(text: str) -> None:
    start = time.process_time()
    document, diagnostics = parse("a.wf", text)
    assert time.process_time() - start < 20
    assert document.broken
    assert 1 <= len(diagnostics) <= 20
    assert all(one.message.isprintable() for one in diagnostics)


def test_nesting_has_a_limit_and_one_message() -> None:
    deep = "flow a { let x = " + "(" * 150 + "1" + ")" * 150 + " }"
    deeper = "flow a { let x = " + "(" * 250 + "1" + ")" * 250 + " }"
    assert parse("a.wf", deep)[1] == ()
    assert [one.message for one in parse("a.wf", deeper)[1]] == ["this is nested deeper than 200 levels"]


@pytest.mark.parametrize("text", ["\ufeffflow a {}", "flow a {}\r\n# c\r\n", "", "\n", "# only"])
def test_marks_and_line_ends_that_are_fine(text: str) -> None:
    assert parse("a.wf", text)[1] == ()


def test_a_lone_carriage_return_is_refused_for_it_would_hide_code_in_a_comment() -> None:
    _, diagnostics = parse("a.wf", 'flow a { # why\r stop "x"\n}')
    assert "carriage return" in diagnostics[0].message


@pytest.mark.parametrize("seed", range(40))
def test_a_text_cut_off_anywhere_never_fails_otherwise(seed: int) -> None:
    text = program(seed)
    for part in (text[: len(text) * 2 // 3], text[len(text) // 3 :]):
        document, diagnostics = parse("a.wf", part)
        assert document.broken == bool(diagnostics)
        if not document.broken:
            format_document(document)


def test_no_message_names_a_terminal() -> None:
    for seed in range(60):
        text = program(seed)
        for one in parse("a.wf", text[: len(text) // 2])[1]:
            words = one.message.replace("`", " ").split()
            assert not {"LBRACE", "RPAR", "NAME", "STRING", "COLON", "$END", "__ANON_0"} & set(words), one.message


@pytest.mark.parametrize(("part", "start", "message"), [
    ("a +", "expr", "expected an expression after `+`, found the end of the text"),
    ("a b", "expr", "expected the end of the text after `a`, found the name `b`"),
    ("", "expr", "expected an expression, found the end of the text"),
    ("list<", "type", "expected a type after `<`, found the end of the text"),
])  # fmt: skip
def test_a_part_says_what_is_wrong_with_it(part: str, start: str, message: str) -> None:
    _, problem = parse_part(part, start, 100, "a.wf")
    assert problem is not None
    assert message in problem.message
    assert 100 <= problem.span.start <= 100 + len(part)
