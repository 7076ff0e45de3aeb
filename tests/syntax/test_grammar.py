"""The grammar file itself: without conflicts, accepted by llguidance unchanged, its examples parse, tables current."""

from __future__ import annotations

import marshal
import re
from random import Random
from typing import Any

import pytest
from lark import Lark

from strategies.constrained import Sampler
from strategies.programs import GRAMMAR, TERMINALS, lark, sentences
from wfc.build_tables import TABLES, build
from wfc.lex import TERMINALS as FASTER
from wfc.lex import lex
from wfc.parse import parse, tree
from wfc.syntax import RESERVED

TEXT = GRAMMAR.read_text("utf-8")
RULE = re.compile(r"((?:^//.*\n)+)^[?!]*([a-z_]+): ", re.MULTILINE)
AROUND = {
    "start": "{}",
    "type": "type T = {}",
    "block": "flow f {{ parallel {} }}",
    "clause": "flow f {{ task t = a() {} }}",
    "clauses": "flow f {{ task t = a() undo b() {} }}",
    "case": "flow f {{ match x {{ {} }} }}",
    "place": 'flow f {{ test "t" {{ given {} fails }} }}',
    "line": 'flow f {{ test "t" {{ {} }} }}',
    "property": "action a.b() {{ {} }}",
    "param": "action a.b({}) {{ }}",
    "call": "flow f {{ task t = {} }}",
    "named": "flow f {{ task t = a({}) }}",
    "dotted": "flow f {{ task t = {}() }}",
    "bound": "flow f {{ budget {{ {} }} }}",
    "expr": "flow f {{ let x = {} }}",
    "flow": "{}",
    "typedef": "{}",
    "action": "{}",
    "trigger_action": "{}",
}
"""Where an example of a rule stands in a program; a rule that is not named is a member, a clause or an expression."""


def parses(text: str) -> bool:
    return parse("example.wf", text)[1] == ()


def test_the_tables_are_those_of_the_grammar() -> None:
    current, built = marshal.loads(TABLES.read_bytes()), marshal.loads(build(TEXT))
    assert current == built, "run `python -m wfc.build_tables`"


def test_the_grammar_has_no_conflict_and_no_ambiguous_terminals() -> None:
    Lark(TEXT, parser="lalr", strict=True, start=["start", "expr", "type"])


def test_reserved_words_are_words_of_the_grammar() -> None:
    words = {one.pattern.value for one in lark().terminals if type(one.pattern).__name__ == "PatternStr"}
    assert words >= RESERVED


def examples() -> list[Any]:
    found = []
    for comments, rule in RULE.findall(TEXT):
        line = comments.strip().split("\n")[-1].removeprefix("// ")
        found += [
            pytest.param(rule, example.strip(), id=f"{rule}-{at}") for at, example in enumerate(line.split("   "))
        ]
    return found


@pytest.mark.parametrize(("rule", "example"), examples())
def test_each_example_in_the_grammar_parses(rule: str, example: str) -> None:
    around = AROUND.get(rule)
    tried = [around] if around else ["flow f {{ {} }}", AROUND["clause"], AROUND["expr"], AROUND["line"], "{}"]
    assert any(parses(form.format(example)) for form in tried)


def test_each_group_of_rules_has_an_example() -> None:
    for paragraph in TEXT.partition("\n\n")[2].partition("// keywords that also")[0].strip().split("\n\n"):
        assert paragraph.startswith("// "), paragraph


@pytest.mark.parametrize("kind", sorted(FASTER))
def test_our_terminals_match_what_the_grammar_says(kind: str) -> None:
    theirs = re.compile(next(one.pattern.to_regexp() for one in lark().terminals if one.name == kind))
    ours = re.compile(FASTER[kind])
    random = Random(7)
    alphabet = [
        '"',
        '"',
        '""',
        '"""',
        "\\",
        "{",
        "}",
        "{{",
        "}}",
        "a",
        "é",
        " ",
        "\n",
        "1",
        "20",
        ".",
        "m",
        "s",
        "h",
        "d",
        "e",
        "+",
        "#",
    ]
    starts = {"DOC": '"""', "STRING": '"', "COMMENT": "#", "DURATION": "5m", "NUMBER": "1.5"}
    for _ in range(20_000):
        text = starts.get(kind, "") * random.randrange(2) + "".join(random.choices(alphabet, k=random.randrange(1, 14)))
        one, other = theirs.match(text), ours.match(text)
        if kind == "STRING" and text.startswith('"""'):
            assert other is None
        else:
            assert (one and one.end()) == (other and other.end()), text


def test_constrained_samples_parse() -> None:
    sampler = Sampler(TEXT, [*sentences().fixed.values(), *(one for samples in TERMINALS.values() for one in samples)])
    samples = [text for seed in range(400) if (text := sampler.sample(Random(seed), 80)) is not None]
    assert len(samples) >= 300
    for text in samples:
        tokens, _ = lex(text)
        assert tree(tokens, "start", len(text)) is not None, text
