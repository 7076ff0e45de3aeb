"""Holes of a tree with errors → a tree whose nodes are whole: what lacks a part that it needs, is a hole itself."""

from __future__ import annotations

from wfc.syntax import Node, Token

BLANKS = frozenset(["STRING", "INT", "NUMBER", "DURATION"])
NEEDED = frozenset(["call", "block"])


class Hole(Node):
    """A node "error" that stands for a rule of the grammar."""

    __slots__ = ("rule",)

    def __init__(self, rule: str, kids: list[Node | Token], start: int, end: int) -> None:
        super().__init__("error", kids, start, end)
        self.rule = rule


def settled(root: Node) -> Node:
    """The tree, in which every node but a hole has the parts that its rule demands, and no blank literal.

    An expression may be a hole, and any item of a list; a type that is one, stands in a node "base". What lacks its
    call, its block or its literal becomes a hole.
    """
    root.kids = [settled_part(kid) for kid in root.kids]
    return root


def settled_part(part: Node | Token) -> Node | Token:
    """A part as it shall stand in its parent."""
    if isinstance(part, Token):
        return as_hole(Hole(part.kind, [], part.start, part.end)) if part.kind.islower() else part
    settled(part)
    if isinstance(part, Hole):
        return as_hole(part)
    if part.kind != "error" and any(lacking(kid) for kid in part.kids):
        rule = "base" if part.kind == "enum_type" else part.kind
        return as_hole(Hole(rule, part.kids, part.start, part.end))
    return part


def as_hole(hole: Hole) -> Node:
    """A hole as later phases read it."""
    return Node("base", [hole], hole.start, hole.end) if hole.rule == "base" else hole


def lacking(kid: Node | Token) -> bool:
    """Is it a hole that no reader of its parent expects, or a literal that was missing?"""
    if isinstance(kid, Hole):
        return kid.rule in NEEDED
    return isinstance(kid, Token) and not kid.text and kid.kind in BLANKS
