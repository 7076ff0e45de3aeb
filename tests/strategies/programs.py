"""Grammar → random programs, as texts or token lists: `programs()` for hypothesis, `Sentences.tokens` for a seed.

The programs follow the grammar only; names and types in them mean nothing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st
from lark import Lark

GRAMMAR = Path(__file__).parents[2] / "grammar" / "wfc_grammar" / "workflow.lark"

TERMINALS: dict[str, tuple[str, ...]] = {
    "NAME": ("a", "b2", "order", "fetch_orders", "m", "http", "shell", "x_1", "limit", "usd", "Release", "_private"),
    "STRING": ('""', '"text"', '"orders of {day}"', '"{{ raw }}"', '"a \\"quote\\" \\\\ \\u00e9"', '"{m["k"]}: {n}"'),
    "DOC": ('""""""', '"""One line."""', '"""\n      two\n        lines "quoted"\n      """', '"""\nflush\n\n  in"""'),
    "DURATION": ("30s", "5m", "1h30m", "250ms", "2d", "0s"),
    "NUMBER": ("0.5", "12.25", "1.0e3", "2.5E-7"),
    "INT": ("0", "1", "42", "9007199254740991"),
}
WEIGHTS = {"flow": 6, "stmt": 8, "task": 6, "call": 2, "or_": 6, "FLOW": 4, "reference": 3, "named": 4, "LBRACE": 2}
"""How much more often an expansion is taken that begins with this symbol."""

COMMENTS = ("# a remark", "#", "# ümlaut { \" '", "#! marked")


@cache
def lark(start: str = "start") -> Any:
    """Lark's own LALR parser of the grammar: the oracle."""
    return Lark(
        GRAMMAR.read_text("utf-8"),
        parser="lalr",
        maybe_placeholders=False,
        keep_all_tokens=True,
        propagate_positions=True,
        start=[start],
    )


class Sentences:
    """Random derivations of the grammar. Each symbol knows its least height, so that every derivation ends."""

    def __init__(self) -> None:
        parser = lark()
        self.expansions: dict[str, list[list[Any]]] = {}
        for rule in parser.rules:
            self.expansions.setdefault(rule.origin.name, []).append(rule.expansion)
        self.fixed = {
            one.name: one.pattern.value for one in parser.terminals if type(one.pattern).__name__ == "PatternStr"
        }
        self.heights: dict[str, int] = {}
        while self.lower():
            pass

    def lower(self) -> bool:
        """One round of the least heights; False when nothing changed."""
        before = dict(self.heights)
        for name, expansions in self.expansions.items():
            heights = [self.height(expansion) for expansion in expansions]
            self.heights[name] = min(heights) + 1
        return before != self.heights

    def height(self, expansion: list[Any]) -> int:
        """The least height of a derivation of an expansion."""
        return max((0 if one.is_term else self.heights.get(one.name, 10_000) for one in expansion), default=0)

    def tokens(self, random: Random, size: int, start: str = "start") -> list[str]:
        """The token texts of a random sentence; after about `size` rules with a choice it takes the shortest ways."""
        texts: list[str] = []
        stack: list[tuple[str, bool, int]] = [(start, False, 14)]
        while stack:
            name, is_terminal, depth = stack.pop()
            if is_terminal:
                texts.append(self.fixed.get(name) or random.choice(TERMINALS[name]))
                continue
            expansion = self.chosen(random, name, 0 if len(texts) > size else depth)
            depth -= len(expansion) > 1 and "_star" not in name
            stack += [(one.name, one.is_term, depth) for one in reversed(expansion)]
        return texts

    def chosen(self, random: Random, name: str, depth: int) -> list[Any]:
        """An expansion of a rule: any while there is depth left, rarely a left recursion; else one of the lowest."""
        expansions = self.expansions[name]
        if depth <= 0:
            least = min(self.height(one) for one in expansions)
            return random.choice([one for one in expansions if self.height(one) == least])
        recursive = [one for one in expansions if one and one[0].name == name]
        others = [one for one in expansions if one not in recursive]
        if recursive and random.random() < (0.8 if "_star" in name else 0.2):
            return random.choice(recursive)
        weights = [WEIGHTS.get(one[0].name, 1) if one else 0.1 for one in others]
        return random.choices(others, weights)[0]


@cache
def sentences() -> Sentences:
    """The derivations of the grammar, prepared once."""
    return Sentences()


def laid_out(random: Random, texts: list[str], comments: bool = True) -> str:
    """Tokens as a text with random blanks, line ends and comments between them."""
    parts: list[str] = []
    for text in texts:
        kind = random.randrange(12)
        if comments and kind == 0:
            parts.append(f"  {random.choice(COMMENTS)}\n")
        elif comments and kind == 1:
            parts.append(f"\n  {random.choice(COMMENTS)}\n\n")
        elif kind < 4:
            parts.append("\n" * random.randrange(1, 4) + " " * random.randrange(8))
        else:
            parts.append(" " * random.randrange(1, 3))
        parts.append(text)
    return "".join(parts).lstrip(" ") + "\n"


def program(seed: int, size: int = 150, comments: bool = True) -> str:
    """The random program of a seed."""
    random = Random(seed)
    return laid_out(random, sentences().tokens(random, size), comments)


def mutated(random: Random, texts: list[str]) -> list[str]:
    """Token texts with one to three of them deleted, doubled, swapped or replaced by another token of the language."""
    texts = texts or ["flow"]
    others = [*sentences().fixed.values(), *(one for samples in TERMINALS.values() for one in samples)]
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(texts))
        match random.randrange(4):
            case 0 if len(texts) > 1:
                texts = texts[:at] + texts[at + 1 :]
            case 1:
                texts = [*texts[:at], texts[at], *texts[at:]]
            case 2:
                other = random.randrange(len(texts))
                texts = [texts[at] if i == other else texts[other] if i == at else one for i, one in enumerate(texts)]
            case _:
                texts = [*texts[:at], random.choice(others), *texts[at + 1 :]]
    return texts


def programs(size: int = 150, comments: bool = True) -> st.SearchStrategy[str]:
    """Random programs for hypothesis; a failing one is named by its seed."""
    return st.builds(program, st.integers(0, 2**32 - 1), st.just(size), st.just(comments))
