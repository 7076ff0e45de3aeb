"""Lark's own parser of the same grammar accepts the same texts, and gives the same trees."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from lark import Token as LarkToken
from lark.exceptions import UnexpectedInput

from strategies.programs import laid_out, lark, mutated, program, sentences
from wfc.lex import lex
from wfc.parse import parse, parse_part, tree
from wfc.syntax import RESERVED, Node, Token

GENERATED, MUTATED = 150, 700


def shape(node: Any) -> Any:
    """A tree of ours or of Lark as nested tuples of names and texts."""
    if isinstance(node, LarkToken):
        return node.type, str(node)
    if isinstance(node, Token):
        return node.kind, node.text
    if isinstance(node, Node):
        return node.kind, [shape(kid) for kid in node.kids]
    return str(node.data), [shape(kid) for kid in node.children]


def larks(text: str, start: str = "start") -> Any:
    """Lark's tree, or None when it refuses the text."""
    try:
        return lark(start).parse(text)
    except UnexpectedInput:
        return None


def names_a_keyword(text: str) -> bool:
    """Does a reserved word stand before a colon, where we read a name (`{ match: 1 }`, but also `x[null:]`)?"""
    tokens, _ = lex(text)
    return any(a.text in RESERVED and b.text == ":" for a, b in pairwise(tokens))


def differs_by_design(text: str, theirs: Any) -> bool:
    """Reserved words are Lark's names where only a name fits, and never ours but after a dot and before a colon.

    Lark also splits `5m` where only an integer fits; our tokens do not depend on what is expected.
    """
    tokens, _ = lex(text)
    if theirs is None:
        return names_a_keyword(text)
    leaves = list(theirs.scan_values(lambda leaf: isinstance(leaf, LarkToken)))
    if [str(leaf) for leaf in leaves] != [token.text for token in tokens]:
        return True
    return any(leaf.type == "NAME" and str(leaf) in RESERVED for leaf in leaves)


@pytest.mark.parametrize("seed", range(GENERATED))
def test_a_generated_program_has_the_tree_that_lark_gives_it(seed: int) -> None:
    text = program(seed)
    document, diagnostics = parse("program.wf", text)
    assert diagnostics == ()
    assert names_a_keyword(text) or shape(document.root) == shape(larks(text))


def test_mutated_programs_are_accepted_and_refused_alike() -> None:
    accepted = refused = excused = 0
    for seed in range(MUTATED):
        random = Random(seed)
        text = laid_out(random, mutated(random, sentences().tokens(random, 60)))
        tokens, _ = lex(text)
        ours, theirs = tree(tokens, "start", len(text)), larks(text)
        if (ours is None) != (theirs is None):
            assert differs_by_design(text, theirs), text
            excused += 1
        elif ours is None:
            refused += 1
        else:
            accepted += 1
            assert shape(ours) == shape(theirs) or names_a_keyword(text), text
    assert accepted >= 20
    assert refused >= 300
    assert excused <= 50


@pytest.mark.parametrize("start", ["expr", "type"])
def test_parts_have_the_trees_that_lark_gives_them(start: str) -> None:
    for seed in range(150):
        random = Random(seed)
        text = laid_out(random, sentences().tokens(random, 30, start), comments=False)
        if names_a_keyword(text):
            continue
        ours, problem = parse_part(text, start, 0)
        theirs = larks(text, start)
        assert problem is None
        if isinstance(theirs, LarkToken):
            theirs = (theirs.type, [shape(theirs)])
            assert shape(ours) == theirs
        else:
            assert shape(ours) == shape(theirs)
