"""The parser's states without its values: what could follow, and how far a text would be read."""

from __future__ import annotations

from wfc.lex import RULES, SOFT, STATES
from wfc.record import Record
from wfc.syntax import Token


class Site(Record):
    """An error: the token `tokens[at]` does not fit `states`; `expected` are the terminals that would.

    shifted: is the last state that of the token before, so that it can be taken back?
    """

    text: str
    offset: int
    tokens: list[Token]
    at: int
    states: list[int]
    expected: frozenset[str]
    shifted: bool = False

    @property
    def token(self) -> Token:
        """The token that does not fit."""
        return self.tokens[self.at]

    def before(self) -> Site | None:
        """The site one token earlier, if that can be had."""
        states = self.states[:-1]
        return (
            Site(self.text, self.offset, self.tokens, self.at - 1, states, accepted(states)) if self.shifted else None
        )

    def near(self, distance: int) -> Token:
        """The token at a distance from the error; an empty one beyond the text."""
        at = self.at + distance
        return self.tokens[at] if 0 <= at < len(self.tokens) else Token("", "", 0, 0)


class Repair(Record):
    """Replace `drop` tokens at the error (from `back` before it) by `insert` (kind, text), and say so.

    span: the place of the report, when it is not that of the dropped tokens. labels: (span, text).
    """

    drop: int
    insert: tuple[tuple[str, str], ...]
    message: str
    help: str = ""
    span: tuple[int, int] | None = None
    back: int = 0
    labels: tuple[tuple[tuple[int, int], str], ...] = ()


def take(states: list[int], kind: str) -> bool:
    """Do with the states what the parser would do at a token (or rule) of this kind. False if it does not fit."""
    while True:
        row = STATES[states[-1]]
        action = row.get(kind)
        if action is None:
            return kind == "$END" and not row
        if action >= 0:
            states.append(action)
            return True
        _, length, origin, _, _ = RULES[-1 - action]
        if length:
            del states[-length:]
        states.append(STATES[states[-1]][origin])


def advance(states: list[int], tokens: list[Token], at: int, most: int) -> int:
    """How many tokens from `at` on would be taken, `most` at most; the states are used up."""
    for count in range(min(most, len(tokens) - at)):
        kind = tokens[at + count].kind
        if kind in SOFT and kind not in STATES[states[-1]]:
            kind = "NAME"
        if not take(states, kind):
            return count
    return min(most, len(tokens) - at)


def accepted(states: list[int]) -> frozenset[str]:
    """The terminals that would be taken next."""
    if not STATES[states[-1]]:
        return frozenset(["$END"])
    return frozenset(kind for kind in STATES[states[-1]] if not kind.islower() and take(list(states), kind))


def first_on_line(site: Site, at: int) -> bool:
    """Does a token begin its line?"""
    return begins_line(site.tokens, at, site.text, site.offset)


def begins_line(tokens: list[Token], at: int, text: str, offset: int) -> bool:
    """Is there a line end (or nothing) before the token `tokens[at]`?"""
    return not at or "\n" in text[tokens[at - 1].end - offset : tokens[at].start - offset]
