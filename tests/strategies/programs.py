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
        """The token texts of a random sentence; `size` is about how many rules it uses before it closes up."""
        texts: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, is_terminal = stack.pop()
            if is_terminal:
                texts.append(self.fixed.get(name) or random.choice(TERMINALS[name]))
                continue
            size -= 1
            expansions = self.expansions[name]
            if size < len(stack):
                least = min(self.height(one) for one in expansions)
                expansions = [one for one in expansions if self.height(one) == least]
            elif name == "start" or "_star" in name:
                expansions = sorted(expansions, key=len)[-max(1, (len(expansions) + 1) // 2) :]
            stack += [(one.name, one.is_term) for one in reversed(random.choice(expansions))]
        return texts


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
    texts = list(texts)
    others = [*sentences().fixed.values(), *(one for samples in TERMINALS.values() for one in samples)]
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(texts))
        match random.randrange(4):
            case 0 if len(texts) > 1:
                del texts[at]
            case 1:
                texts.insert(at, texts[at])
            case 2:
                other = random.randrange(len(texts))
                texts[at], texts[other] = texts[other], texts[at]
            case _:
                texts[at] = random.choice(others)
    return texts


def programs(size: int = 150, comments: bool = True) -> st.SearchStrategy[str]:
    """Random programs for hypothesis; a failing one is named by its seed."""
    return st.builds(program, st.integers(0, 2**32 - 1), st.just(size), st.just(comments))
