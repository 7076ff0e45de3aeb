"""Terminals → words of the language: what could stand here, and what stands here."""

from __future__ import annotations

from wfc.lex import MARKS, WORDS
from wfc.parse import END
from wfc.syntax import Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.repair import Site


def _kinds(*words: str) -> frozenset[str]:
    return frozenset((WORDS | MARKS)[word] for word in words)


EXPRESSION = _kinds("if", "not", "true", "false", "null", "(", "[", "{", "-") | frozenset(
    ["NAME", "STRING", "DOC", "INT", "NUMBER", "DURATION"]
)
OPERAND = EXPRESSION - _kinds("if", "not")
TYPE = _kinds("{", "(") | frozenset(["NAME", "STRING"])
OPERATORS = _kinds(
    "+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not", "and", "or", "??", ".", "["
)
STATEMENTS = _kinds(
    "task", "parallel", "for", "if", "match", "try", "workspace", "approve", "require", "stop", "fail", "let"
)
CLAUSES = _kinds(
    *("retry", "no", "timeout", "after", "when", "fallback", "undo", "until", "holds", "idempotent", "effect", "allow")
)
MEMBERS = _kinds(
    *("on", "input", "secret", "config", "output", "defaults", "concurrency", "budget", "target", "finally", "test")
)
MORE = _kinds("(", "->", "?") | frozenset(["DOC"])
RANK = {kind: at for at, kind in enumerate(["NAME", "STRING", "INT", "NUMBER", "DURATION", "COLON", "COMMA"])}
UNTOLD = frozenset(["", ")", "]", "}", "{", "("])
STARTERS = STATEMENTS | MEMBERS | _kinds("flow", "type", "action", "trigger", "given", "expect")
GROUPS = (
    (STATEMENTS | MEMBERS, "a statement"),
    (STATEMENTS, "a statement"),
    (EXPRESSION, "an expression"),
    (OPERAND, "an expression"),
    (CLAUSES, "a clause"),
    (TYPE, "a type"),
)
NAMES = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "DOC": "a text in triple quotes",
    "INT": "a whole number",
    "NUMBER": "a number",
    "DURATION": "a duration such as `30s`",
    END: "the end of the text",
} | {kind: f"`{word}`" for word, kind in (WORDS | MARKS).items()}


def phrase(expected: frozenset[str]) -> str:
    """What is expected, in at most four words of the language: "`,` or `)`", "an expression"."""
    words: list[str] = []
    left = set(expected)
    for group, name in GROUPS:
        if group <= left:
            words.append(name)
            left -= group
    if words:
        left -= OPERATORS | MORE
    elif "PLUS" in left:
        left = (left - OPERATORS) or {"PLUS"}
    if "COMMA" in left:
        left.discard("FOR")
    if len(left) > 1:
        left.discard(END)
    ordered = sorted(left, key=lambda kind: (RANK.get(kind, len(RANK)), NAMES[kind]))
    return either((words + [NAMES[kind] for kind in ordered])[:4])


def either(words: list[str]) -> str:
    """Words as a choice: "a, b or c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def expectation(site: Site, inserted: str = "") -> str:
    """What was expected (above all `inserted`, if that is a mark that mends it), after what, and what was found."""
    before = site.near(-1).text
    after = f" after `{before}`" if before not in UNTOLD and len(before) <= 24 and "\n" not in before else ""
    expected = site.expected
    if inserted in NAMES and inserted not in ("NAME", "COMMA", "RPAR", "RSQB", "RBRACE"):
        expected = frozenset([inserted])
    return f"expected {phrase(expected)}{after}, found {found(site.token)}"


def found(token: Token) -> str:
    """A token as a message names it."""
    if token.kind == END:
        return "the end of the text"
    if token.kind == "DOC" or "\n" in token.text:
        return "a text in triple quotes"
    if token.kind == "STRING" and len(token.text) > 24:
        return f"the text `{token.text[:20]}…`"
    text = token.text if len(token.text) <= 32 else token.text[:29] + "…"
    text = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in text)
    return f"the name `{text}`" if token.kind == "NAME" else f"`{text}`"
