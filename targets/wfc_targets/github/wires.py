"""How a value travels: GitHub hands on texts only, so a value is an expression and the form of the text it gives.

Forms: `raw` the text of a scalar; `json` one line of JSON; `typed` a value inside `fromJSON(…)`, never a text.
A value that may be missing is empty (or the JSON `null`); a text that may be missing therefore travels as JSON.
"""

from __future__ import annotations

from wfc.record import Record
from wfc.types import BOOL, FLOAT, INT, EnumType, MapType, OptionalType, Primitive, RecordType, required
from wfc_targets.github import shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.types import Type

RAW, JSON, TYPED = "raw", "json", "typed"
RESERVED_NAMES = frozenset(
    "BASH_ENV CI CDPATH EDITOR ENV EUID FUNCNEST GROUPS HISTFILE HOME HOSTNAME HOSTTYPE IFS LANG LD_PRELOAD LINENO "
    "LOGNAME MACHTYPE MAIL NODE_OPTIONS OPTIND OSTYPE PATH PIPESTATUS PPID PS4 PWD PYTHONHOME PYTHONPATH RANDOM REPLY "
    "SECONDS SHELL SHELLOPTS SHLVL TERM TMPDIR TZ UID USER".split()
)
"""Names of environment variables that bash, Python or the runner read themselves."""


class Wire(Record):
    """An expression of GitHub (without `${{ }}`), the form of what it gives, and the type of the value.

    absent: a test that is true when there is no value, `bare` what the value is otherwise; "" where `text` shows it.
    """

    text: str
    form: str
    type: Type
    absent: str = ""
    bare: str = ""


def literal(value: str) -> str:
    """A string literal of GitHub's expressions."""
    return "'" + value.replace("'", "''") + "'"


def insert(expression: str) -> str:
    """`${{ expression }}`"""
    return "${{ " + expression + " }}"


def plain(text: str) -> str:
    """Text that GitHub leaves as it is, although `${{` may stand in it."""
    return text.replace("${{", "${{ '${{' }}")


def field(wire: Wire, name: str) -> Wire:
    """The field of a record, map or JSON value; missing is null."""
    of = required(wire.type)
    kind: Type = Primitive("json")
    if isinstance(of, RecordType):
        kind = of.field(name) or Primitive("null")
    elif isinstance(of, MapType):
        kind = OptionalType(of.value)
    base = wire.text if wire.form == TYPED else f"fromJSON({wire.text})"
    step = f".{name}" if name.isidentifier() and name.isascii() else f"[{literal(name)}]"
    return Wire(base + step, TYPED, kind)


def as_text(wire: Wire) -> str | None:
    """An expression that gives the text of the value, or None: then only a computation gives it exactly.

    Numbers inside `fromJSON` are cut at 15 digits, and floats are written differently there than in Python.
    """
    kind = required(wire.type)
    if wire.form == RAW:
        return wire.text
    if shapes.textual(kind):
        if isinstance(wire.type, OptionalType):
            return None
        return wire.text if wire.form == TYPED else f"fromJSON({wire.text})"
    if kind == BOOL:
        return wire.text
    if wire.form == TYPED:
        return None
    return None if kind == FLOAT else wire.text


def as_json(wire: Wire) -> str | None:
    """An expression that gives one line of JSON, `null` or nothing at all for a missing value; None: not exactly."""
    kind = required(wire.type)
    if wire.form == JSON:
        return wire.text
    if wire.form == TYPED:
        return f"toJSON({wire.text})" if shapes.textual(kind) or kind == BOOL else None
    if not shapes.textual(kind):
        return wire.text
    if isinstance(wire.type, OptionalType):
        return f"{grouped(wire.text)} != '' && toJSON({wire.text}) || 'null'"
    return f"toJSON({wire.text})"


def grouped(text: str) -> str:
    """An expression in parentheses where an operator beside it would take it apart."""
    return f"({text})" if "&&" in text or "||" in text else text


def number(wire: Wire) -> str:
    """An expression that gives the number itself."""
    return wire.text if wire.form == TYPED else f"fromJSON({wire.text})"


def truth(wire: Wire) -> str:
    """An expression that is true when the bool is."""
    if wire.form == TYPED:
        return wire.text
    return f"{grouped(wire.text)} == 'true'"


def numeric(kind: Type) -> bool:
    """Is it int or float (not optional)?"""
    return kind in (INT, FLOAT)


def loaded(wire: Wire, variable: str) -> str:
    """Python that reads the value (as JSON) from an environment variable."""
    raw = f'os.environ["{variable}"]'
    kind = required(wire.type)
    missing = isinstance(wire.type, OptionalType)
    if wire.form == JSON:
        return f'json.loads({raw} or "null")' if missing else f"json.loads({raw})"
    if isinstance(kind, EnumType) or shapes.textual(kind):
        return f"{raw} or None" if missing else raw
    if kind == FLOAT and not missing:
        return f"float({raw})"
    return f'json.loads({raw} or "null")' if missing else f"json.loads({raw})"


def variable_name(name: str, taken: dict[str, str]) -> str:
    """A new name of an environment variable made of `name`; `taken` has those in use."""
    words = "".join(char if char.isalnum() and char.isascii() else "_" for char in name).upper().strip("_") or "VALUE"
    reserved = words in RESERVED_NAMES or words.startswith(("GITHUB_", "RUNNER_", "ACTIONS_", "WFC_", "BASH"))
    words = f"{words}_VALUE" if reserved or words[0].isdigit() else words
    found, number_ = words, 2
    while found in taken:
        found, number_ = f"{words}_{number_}", number_ + 1
    return found
