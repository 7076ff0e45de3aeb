"""Pieces of Pebble, Kestra's expression language, as text. Proved by running on 1.3.31 and 2.0.0."""

from __future__ import annotations

import re

# words that the lexer takes for operators or constants also behind a dot
OPERATORS = frozenset(
    ("and", "or", "not", "is", "contains", "equals", "matches", "in", "if", "else", "true", "false", "null", "none")
)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPENING = re.compile(r"\{{2,}[%#]?|\{[%#]")
OPENING_OR_END = re.compile(r"\{{2,}[%#]?|\{[%#]|\{$")


def member(of: str, name: str) -> str:
    """of.name, or of['a name'] where a dot would not do."""
    return f"{of}.{name}" if NAME.fullmatch(name) and name not in OPERATORS else f"{of}[{string(name)}]"


def string(text: str) -> str | None:
    r"""A string literal, or None where Pebble has none: `\'` is its only escape, so a backslash can't be written."""
    if "\\" in text or any(char < " " or char in "\x7f\x85\u2028\u2029" for char in text):
        return None
    return "'" + text.replace("'", "\\'") + "'"


def raw(text: str, *, before_expression: bool = False) -> str:
    """A text that renders to itself.

    `{% raw %}` is no use: the engine takes it only when it ends on the same line.
    """
    return (OPENING_OR_END if before_expression else OPENING).sub(lambda found: "{{ '" + found[0] + "' }}", text)


def output(expression: str) -> str:
    """A template that renders to the value of an expression, without parentheses around all of it."""
    return "{{ " + _bare(expression) + " }}"


def _bare(text: str) -> str:
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return text[1:-1] if at == len(text) - 1 else text
    return text


def state_of(task: str) -> str:
    """The state of a task in this execution, '' while it has none."""
    return f"({member('tasks', task)}.state ?? '')"


def ended(task: str, state: str) -> str:
    """Has the task ended in this state?"""
    return f"{state_of(task)} == '{state}'"


def duration(milliseconds: int) -> str:
    """ISO 8601: 90_000 is PT1M30S, 1500 is PT1.5S, 0 is PT0S."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:03}".rstrip("0") if rest else ""
    parts = (
        [f"{hours}H"] * bool(hours)
        + [f"{minutes}M"] * bool(minutes)
        + [f"{seconds}{fraction}S"] * bool(seconds or rest)
    )
    return "PT" + ("".join(parts) or "0S")
