"""What running a text of another language twice does, compared to once: its worst statement, with the places."""

from __future__ import annotations

from wfc.record import Record

READ, SAFE, UNKNOWN, UNSAFE = "read", "safe", "unknown", "unsafe"
"""It only reads · twice leaves what once leaves · nobody can tell · twice leaves something else, or fails."""

WRITE = "write"
"""Of a command: safe, and a word of it names the file that it writes."""
DOES = (READ, SAFE, WRITE, UNKNOWN, UNSAFE)
"""What may be said of a command (commands.toml, [check.commands] of wfc.toml)."""

ORDER = (READ, SAFE, UNKNOWN, UNSAFE)
"""The lattice: a text is what its worst statement is. `unknown` is never called safe."""


class Reason(Record):
    """One statement that makes a text what it is.

    kind: what was seen, in kebab case (`insert`, `append`, `unknown-command` …). verdict: one of ORDER. start, end:
    offsets of the statement in the text, in characters. what: the statement as the author calls it
    (`` `INSERT INTO orders` ``). effect: what a second run does, as a clause for a message ("adds the rows again").
    help: the remedy, as an imperative, "" where there is none.
    """

    kind: str
    verdict: str
    start: int
    end: int
    what: str
    effect: str = ""
    help: str = ""


def quoted(text: str) -> str:
    """What `Reason.what` says of a statement: its first line, without what is too much of it."""
    line = " ".join(text.split("\n")[0].split())
    return f"`{line if len(line) <= 70 else f'{line[:67]}…'}`"


class Verdict(Record):
    """What a text is, and the statements that are no plain reads, in their order."""

    kind: str
    reasons: tuple[Reason, ...] = ()


def joined(reasons: tuple[Reason, ...]) -> Verdict:
    """The verdict of a text of which these are the statements: the worst of theirs, `read` for none."""
    worst = max((ORDER.index(reason.verdict) for reason in reasons), default=0)
    return Verdict(ORDER[worst], tuple(reason for reason in reasons if reason.verdict != READ))
