"""Types → the tests that a producer makes of its own result: a jq filter, a Python expression, a grep pattern.

The step that made a value fails when the value does not fit, not the one that reads it.
"""

from __future__ import annotations

from wfc.types import EnumType, ListType, MapType, OptionalType, Primitive, RecordType, required

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json
    from wfc.types import Type

DATE_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$"

JQ_DAY = '(try (.[:10] + "T00:00:00Z" | fromdate | todate[:10]) catch "") == .[:10]'
"""Is there such a day? jq moves 2026-02-30 to March, so that it comes back as another text."""
DAY = (
    "(([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])))"
    "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)"
)
"""The days of the Gregorian calendar: months of 31, of 30 and of 28 days, then 29 February of the leap years."""

JQ = {
    "string": 'type == "string"',
    "secret": 'type == "string"',
    "int": 'type == "number" and . == floor',
    "duration": 'type == "number" and . == floor',
    "float": 'type == "number"',
    "bool": 'type == "boolean"',
    "null": ". == null",
    "date": f'type == "string" and test("{DATE_PATTERN}") and {JQ_DAY}',
    "datetime": f'type == "string" and test("{TIME_PATTERN}") and {JQ_DAY}',
}
PYTHON = {
    "string": "isinstance({0}, str)",
    "secret": "isinstance({0}, str)",
    "int": "(type({0}) is int and abs({0}) < 2**53 or type({0}) is float and {0}.is_integer())",
    "duration": "(type({0}) is int and abs({0}) < 2**53)",
    "float": "(type({0}) is int or type({0}) is float and {0} - {0} == 0)",
    "bool": "isinstance({0}, bool)",
    "null": "{0} is None",
    "date": '(isinstance({0}, str) and re.search(r"' + DATE_PATTERN + '", {0}) and datetime.date.fromisoformat({0}))',
    "datetime": "(isinstance({0}, str) and "
    're.search(r"' + TIME_PATTERN + '", {0}) and datetime.datetime.fromisoformat({0}))',
}
GREP = {
    "int": "-?(0|[1-9][0-9]*)",
    "duration": "(0|[1-9][0-9]*)",
    "float": "-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?",
    "bool": "(true|false)",
    "date": DAY,
    "datetime": DAY + TIME_PATTERN.strip("^$").removeprefix(DATE_PATTERN.strip("^$")),
}
"""Patterns (POSIX extended) of the text of a value; the types that are missing here take any text."""

TYPE_NAMES = {
    "string": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "date": "string",
    "datetime": "string",
    "duration": "integer",
    "null": "null",
}


def scalar(kind: Type) -> bool:
    """Is the text of such a value on the wire the value itself, and not JSON?"""
    kind = required(kind)
    return isinstance(kind, EnumType) or (isinstance(kind, Primitive) and kind.name not in ("json", "any", "unknown"))


def textual(kind: Type) -> bool:
    """Is it, in JSON, a text?"""
    kind = required(kind)
    return isinstance(kind, EnumType) or (
        isinstance(kind, Primitive) and kind.name in ("string", "secret", "date", "datetime", "file", "bytes")
    )


def jq(kind: Type) -> str:
    """A jq filter that is true of a value of the type."""
    match kind:
        case Primitive(name):
            return JQ.get(name, "true")
        case EnumType(members):
            return "IN(" + ", ".join(json_text(member) for member in members) + ")"
        case OptionalType(of):
            return f". == null or ({jq(of)})"
        case ListType(item):
            return 'type == "array"' + _all(item)
        case MapType(value):
            return 'type == "object"' + _all(value)
        case RecordType(fields):
            tests = ['type == "object"', *(f"({jq_path((n,))} | {jq(k)})" for n, k in fields if jq(k) != "true")]
            return " and ".join(tests)
    raise AssertionError(kind)


def jq_path(names: tuple[str, ...]) -> str:
    """A jq filter that follows fields; what is missing is null."""
    plain = (name.isidentifier() and name.isascii() for name in names)
    parts = [f".{name}" if simple else f"[{json_text(name)}]" for name, simple in zip(names, plain, strict=True)]
    return ("" if parts[0].startswith(".") else ".") + "".join(parts)


def _all(kind: Type) -> str:
    return "" if jq(kind) == "true" else f" and all(.[]; {jq(kind)})"


def python(kind: Type, name: str, depth: int = 0) -> str:
    """A Python expression, true when the JSON value of `name` is of the type; of a day that does not exist, ValueError.

    It may use the modules `datetime` and `re`.
    """
    match kind:
        case Primitive(primitive):
            return PYTHON.get(primitive, "True").replace("{0}", name)
        case EnumType(members):
            return f"{name} in ({', '.join(json_text(member) for member in members)},)"
        case OptionalType(of):
            return f"({name} is None or {python(of, name, depth)})"
        case ListType(item):
            return _every(f"isinstance({name}, list)", item, name, depth)
        case MapType(value):
            return _every(f"isinstance({name}, dict)", value, f"{name}.values()", depth)
        case RecordType(fields):
            tests = [f"isinstance({name}, dict)"]
            tests += [python(field, f"{name}.get({json_text(key)})", depth) for key, field in fields]
            return "(" + " and ".join(test for test in tests if test != "True") + ")"
    raise AssertionError(kind)


def _every(test: str, kind: Type, items: str, depth: int) -> str:
    inner = python(kind, f"x{depth or ''}", depth + 1)
    return test if inner == "True" else f"({test} and all({inner} for x{depth or ''} in {items}))"


def pattern(kind: Type) -> str | None:
    """A POSIX extended regular expression of the text of a scalar, or None when every text will do."""
    match required(kind):
        case EnumType(members):
            return "(" + "|".join(_literal(member) for member in members) + ")"
        case Primitive(name):
            return GREP.get(name)
        case _:
            return None


def _literal(text: str) -> str:
    return "".join(f"[{char}]" if char in ".*+?()[{|$" else "\\" + char if char in "\\^" else char for char in text)


def json_text(value: Json) -> str:
    """JSON of a value, other characters than ASCII as they are."""
    import json

    return json.dumps(value, ensure_ascii=False)


def schema(kind: Type) -> dict[str, Json]:
    """JSON Schema of a type in the strict form of chat endpoints: every field required, no others."""
    match kind:
        case Primitive(name):
            return {"type": TYPE_NAMES[name]} if name in TYPE_NAMES else {}
        case EnumType(members):
            return {"type": "string", "enum": list(members)}
        case OptionalType(of):
            return {"anyOf": [schema(of), {"type": "null"}]}
        case ListType(item):
            return {"type": "array", "items": schema(item)}
        case MapType(value):
            return {"type": "object", "additionalProperties": schema(value)}
        case RecordType(fields):
            properties: dict[str, Json] = {name: schema(field) for name, field in fields}
            required_names: list[Json] = [name for name, _ in fields]
            return {
                "type": "object",
                "properties": properties,
                "required": required_names,
                "additionalProperties": False,
            }
    raise AssertionError(kind)
