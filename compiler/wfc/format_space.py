"""Where a blank stands between two parts of a node on one line."""

from __future__ import annotations

from wfc.syntax import Node, Token

TIGHT = frozenset(
    [
        "dotted",
        "attribute",
        "index",
        "slice",
        "named_type",
        "optional",
        "call",
        "apply",
        "list",
        "comprehension",
        "atom",
        "base",
    ]
)
"""Nodes without blanks inside, but after commas and around the words of a generator."""

CLAUSES = frozenset(
    [
        "retry",
        "no_retry",
        "timeout",
        "after",
        "when",
        "fallback",
        "undo",
        "until",
        "holds",
        "idempotent",
        "effect",
        "allow",
    ]
)


def spaced(node: Node, at: int) -> bool:
    """Is there a blank before the kid `at` of a node?"""
    kid, before = node.kids[at], node.kids[at - 1] if at else None
    if before is None or kid.kind in ("COMMA", "RPAR", "RSQB", "COLON"):
        return False
    if before.kind in ("COMMA", "COLON"):
        return node.kind != "slice" or before.kind == "COMMA"
    if kid.kind == "generator":
        return True
    if before.kind in ("LPAR", "LSQB"):
        return False
    if kid.kind == "RBRACE":
        return before.kind != "LBRACE"
    if node.kind in TIGHT:
        return False
    if node.kind == "unary":
        return isinstance(before, Token) and before.kind == "NOT"
    if kid.kind in ("LPAR", "LSQB"):
        return node.kind not in ("retry", "action", "trigger_action", "place")
    return True
