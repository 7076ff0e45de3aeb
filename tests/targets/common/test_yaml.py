"""The YAML writer: what a person reads, and that readers of YAML 1.1 and 1.2 read back what was written."""

import io
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from wfc_targets.common.yaml import Block, Commented, Flow, Plain, Spaced, emit


def read_1_1(text: str) -> object:
    return yaml.load(text, yaml.CSafeLoader)


def read_1_2(text: str) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = "1.2"
    return reader.load(io.StringIO(text))


def test_a_task_reads_as_a_person_would_write_it() -> None:
    task = {
        "id": "load",
        "timeout": "PT2M",
        "retry": {"type": "constant", "maxAttempts": 4},
        "interpreter": Flow(["/bin/bash", "-euo", "pipefail", "-c"]),
        "env": {"N": "{{ outputs.a.vars.n }}", "SAY": "it's {{ 'x' }}"},
        "commands": [Block("echo 1\n\nif true; then\n  echo 2\nfi\n")],
    }
    assert emit({"tasks": [task]}, ["generated", "", "do not edit"]) == (
        "# generated\n#\n# do not edit\n"
        "tasks:\n"
        "  - id: load\n"
        "    timeout: PT2M\n"
        "    retry:\n"
        "      type: constant\n"
        "      maxAttempts: 4\n"
        "    interpreter: [/bin/bash, -euo, pipefail, -c]\n"
        "    env:\n"
        '      "N": "{{ outputs.a.vars.n }}"\n'
        "      SAY: it's {{ 'x' }}\n"
        "    commands:\n"
        "      - |\n"
        "        echo 1\n"
        "\n"
        "        if true; then\n"
        "          echo 2\n"
        "        fi\n"
    )


def test_comments_stand_behind_a_scalar_and_above_everything_else() -> None:
    node = {
        "uses": Commented("actions/checkout@abc", "v4"),
        "run": Commented(Block("make"), "the whole\nbuild"),
        "with": Commented({"a": 1}, "why"),
        "list": [Commented("x", "first"), Commented({"b": 2}, "second")],
    }
    assert emit(node) == (
        "uses: actions/checkout@abc  # v4\n"
        "# the whole\n# build\n"
        "run: |-\n  make\n"
        "# why\n"
        "with:\n  a: 1\n"
        "list:\n"
        "  - x  # first\n"
        "  # second\n"
        "  - b: 2\n"
    )


def test_marks_for_plain_keys_and_empty_lines() -> None:
    assert emit({Plain("on"): Spaced([{"a": []}, {"b": {}}])}) == "on:\n  - a: []\n\n  - b: {}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("no", '"no"'),
        ("Y", '"Y"'),
        ("1:30", '"1:30"'),
        ("0o7", '"0o7"'),
        ("1e3", '"1e3"'),
        ("2026-03-01", '"2026-03-01"'),
        (".5", '".5"'),
        ("~", '"~"'),
        ("=", '"="'),
        ("<<", '"<<"'),
        ("3.13-slim", "3.13-slim"),
        ("python:3.13-slim", "python:3.13-slim"),
        ("PT1S", "PT1S"),
        ("${{ github.ref }}", "${{ github.ref }}"),
        ("{{ x }}", '"{{ x }}"'),
        ('{{ x["a"] }}', "'{{ x[\"a\"] }}'"),
        ('{{ x["a\'b"] }}', "'{{ x[\"a''b\"] }}'"),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("ends:", '"ends:"'),
        (" x", '" x"'),
        ("", '""'),
        ("a\tb", '"a\\tb"'),
        ("a\r\n", '"a\\r\\n"'),
        ("\u2028", '"\\u2028"'),
        ("\x85", '"\\x85"'),
        (1e16, "1.0e+16"),
        (1e-07, "1.0e-07"),
        (2.0, "2.0"),
        (float("inf"), ".inf"),
        (True, "true"),
        (None, "null"),
        (-7, "-7"),
    ],
)
def test_scalars(value: object, text: str) -> None:
    assert emit({"k": value}) == f"k: {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "a",
        "  indented\nless\n",
        "\n\n  late\n",
        "\tmake\n",
        "trailing  \nspace \n",
        "a\n\n\n",
        "a\n  ",
        "a\n   \n",
        "\n",
        " ",
        "a\n \nb\n",
        "---\n...\n# no comment\n",
        "a\r\nb\n",
        "#!/bin/sh\n",
        "x: |\n  y\n",
    ],
)
@pytest.mark.parametrize("read", [read_1_1, read_1_2])
def test_blocks_keep_every_character(text: str, read: Callable[[str], object]) -> None:
    node = {"a": {"run": Block(text), "next": 1}, "b": [Block(text), text, [Block(text)]], "c": text}
    want = {"a": {"run": text, "next": 1}, "b": [text, text, [text]], "c": text}
    assert read(emit(node)) == want


awkward = st.lists(
    st.sampled_from(
        [
            *"aZ09 \t\n\r:-#?,[]{}&*!|>'\"%@`~=<+._/\\eExono",
            "\x85",
            "\u2028",
            "é",
            "\U0001f600",
            "\ufeff",
            "{{ ",
            "\x07",
            "\xa0",
        ]
    ),
    max_size=9,
).map("".join)
words = st.sampled_from(
    ["yes", "Off", "null", "~", "1_000", "0x1F", "0b1", "1:2", "+.inf", ".NaN", "-", "--", "---", "?", ":"]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False),
    awkward,
    words,
    st.text(st.characters(exclude_categories=["Cs"])),
)
keys = awkward | words
plain_nodes = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def marked(node: object) -> object:
    """The same node with marks put in by its shape: blocks for texts, comments and empty lines round lists."""
    if isinstance(node, str):
        return Block(node) if len(node) % 2 else Commented(node, "a comment: with 'marks' #")
    if isinstance(node, dict):
        return Spaced({key: marked(value) for key, value in node.items()})
    if isinstance(node, list):
        return Flow(node) if len(node) == 1 else Commented([marked(item) for item in node], "two\nlines")
    return node


@settings(max_examples=400, deadline=None)
@given(node=plain_nodes)
def test_both_readers_read_back_what_was_written(node: object) -> None:
    for written in (node, marked(node), Flow(node)):
        text = emit({"top": written})
        assert read_1_1(text) == {"top": node}
        assert read_1_2(text) == {"top": node}
