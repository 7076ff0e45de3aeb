"""Where a SQL text lets the clock of the database choose the rows that it reads or writes."""

from __future__ import annotations

from wfc.patterns import IGNORECASE, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.tokenizer_core import Token

DAYS = frozenset(["current_date", "curdate", "getdate", "sysdate", "today"])
TIMES = frozenset(
    ["now", "current_timestamp", "localtimestamp", "clock_timestamp", "statement_timestamp", "transaction_timestamp"]
)
CLAUSES = frozenset(
    "select from where set values group order having returning limit on join using when then with union".split()
)
QUICK = ready(
    r"\b(?:current_date|curdate|getdate|sysdate|today|now|current_timestamp|localtimestamp|\w+_timestamp)\b", IGNORECASE
)


def clock_reads(text: str, dialect: str = "postgres") -> list[tuple[int, int]]:
    """(start, end) of each clock that chooses rows: in a WHERE, or a date among what an INSERT writes; offsets.

    A DELETE by age (`expires_at < now()`) is left out, for its rows only get older, and so is a stamp: a time of day
    that an INSERT or UPDATE writes down. What cannot be read into tokens gives nothing.
    """
    if not QUICK.search(text):
        return []
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError
    from sqlglot.tokenizer_core import TokenType

    try:
        tokens = Dialect.get_or_raise(dialect).tokenize(text)
    except SqlglotError:
        return []
    found: list[tuple[int, int]] = []
    statement: list[Token] = []
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            found += in_statement(statement)
            statement = []
        else:
            statement.append(token)
    return [*found, *in_statement(statement)]


def in_statement(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """The clocks of one statement; the clause that a token stands in is the last one begun at its depth of brackets."""
    from sqlglot.tokenizer_core import TokenType

    words = [
        token.text.lower() if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER) else ""
        for token in tokens
    ]
    if "delete" in words:
        return
    writes = "insert" in words
    clauses = [""]
    for number, (token, word) in enumerate(zip(tokens, words, strict=True)):
        if word == "(":
            clauses.append(clauses[-1])
        elif word == ")" and len(clauses) > 1:
            clauses.pop()
        elif word in CLAUSES:
            clauses[-1] = word
        is_day = word in DAYS or (word in TIMES and as_day(words, number))
        called = word in DAYS | TIMES and (word not in ("now", "today") or words[number + 1 : number + 2] == ["("])
        if called and (clauses[-1] == "where" or (is_day and writes and clauses[-1] in ("select", "values"))):
            yield token.start, token.end + 1


def as_day(words: list[str], number: int) -> bool:
    """Is a time made a date: `now()::date`, `date_trunc('day', now())`?"""
    behind = [word for word in words[number + 1 : number + 5] if word not in ("(", ")")]
    before = words[max(0, number - 4) : number]
    return behind[:2] == ["::", "date"] or "date_trunc" in before or before[-2:] == ["date", "("]
