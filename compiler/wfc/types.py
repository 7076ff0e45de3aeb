"""The types of the language and what may be given where: `assignable(INT, OptionalType(INT))` holds.

Texts are `str(type)`: `list<{ id: int, tags: list<string>? }>`, `"bug" | "billing"`.
"""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False


class Primitive(Record):
    """string int float bool date datetime duration json file secret bytes; and `null`, `any`, `unknown`.

    `json` is any JSON value not looked into; `any` only appears in signatures of kernel actions and takes
    everything, secrets too; `unknown` is the type of a hole that an error left, and fits everywhere.
    """

    name: str

    def __str__(self) -> str:
        return self.name


class ListType(Record):
    """list<T>"""

    item: Type

    def __str__(self) -> str:
        return f"list<{self.item}>"


class MapType(Record):
    """map<T>: text keys, values of one type."""

    value: Type

    def __str__(self) -> str:
        return f"map<{self.value}>"


class RecordType(Record):
    """{ a: T, b: U? }: a null field and a missing field are one and the same."""

    fields: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        return "{ " + ", ".join(f"{name}: {kind}" for name, kind in self.fields) + " }" if self.fields else "{}"

    def field(self, name: str) -> Type | None:
        """The type of a field, or None where the record has no such field."""
        return dict(self.fields).get(name)


class EnumType(Record):
    """ "a" | "b": one of these texts; members differ in more than case."""

    members: tuple[str, ...]

    def __str__(self) -> str:
        from wfc.text import quoted

        return " | ".join(quoted(member) for member in self.members)


class OptionalType(Record):
    """T?: a T or nothing. Reading it where a T is wanted needs `??`."""

    of: Type

    def __str__(self) -> str:
        inner = f"({self.of})" if isinstance(self.of, EnumType) else str(self.of)
        return f"{inner}?"


if TYPE_CHECKING:
    Type = Primitive | ListType | MapType | RecordType | EnumType | OptionalType

STRING, INT, FLOAT, BOOL = Primitive("string"), Primitive("int"), Primitive("float"), Primitive("bool")
DATE, DATETIME, DURATION = Primitive("date"), Primitive("datetime"), Primitive("duration")
JSON, FILE, SECRET, BYTES = Primitive("json"), Primitive("file"), Primitive("secret"), Primitive("bytes")
NULL, ANY, UNKNOWN = Primitive("null"), Primitive("any"), Primitive("unknown")
PRIMITIVES = {
    kind.name: kind for kind in (STRING, INT, FLOAT, BOOL, DATE, DATETIME, DURATION, JSON, FILE, SECRET, BYTES)
}
NOTHING = RecordType(())
"""The type of a task that gives no result."""


def assignable(value: Type, to: Type) -> bool:
    """May a value of type `value` be given where `to` is wanted?

    int widens to float, an enum to string, string to secret, and every JSON-like value to json. A record may
    have more fields than asked for; a field that is optional in `to` may be missing. `unknown` fits everywhere.
    """
    if value == to or UNKNOWN in (value, to) or to == ANY:
        return True
    if isinstance(to, OptionalType):
        return value == NULL or assignable(value.of if isinstance(value, OptionalType) else value, to.of)
    if to == JSON:
        return is_json(value)
    match value, to:
        case Primitive("int"), Primitive("float"):
            return True
        case EnumType(), Primitive("string" | "secret"):
            return True
        case Primitive("string"), Primitive("secret"):
            return True
        case EnumType(members), EnumType(wanted):
            return set(members) <= set(wanted)
        case ListType(item), ListType(wanted):
            return assignable(item, wanted)
        case MapType(item), MapType(wanted):
            return assignable(item, wanted)
        case RecordType(fields), MapType(wanted):
            return all(assignable(kind, wanted) for _, kind in fields)
        case RecordType(), RecordType(wanted):
            return all(
                assignable(value.field(name) or NULL, kind)
                if value.field(name) or isinstance(kind, OptionalType)
                else False
                for name, kind in wanted
            )
        case _:
            return False


def is_json(value: Type) -> bool:
    """Is every value of this type a JSON value that may be shown (no secret, file or bytes inside)?"""
    match value:
        case Primitive(name):
            return name not in ("secret", "file", "bytes", "any")
        case ListType(item):
            return is_json(item)
        case MapType(item):
            return is_json(item)
        case OptionalType(of):
            return is_json(of)
        case RecordType(fields):
            return all(is_json(kind) for _, kind in fields)
        case EnumType():
            return True
    raise AssertionError(value)


def optional(kind: Type) -> Type:
    """T? of T; T?? is T?."""
    return kind if isinstance(kind, OptionalType) or kind in (NULL, UNKNOWN) else OptionalType(kind)


def required(kind: Type) -> Type:
    """T of T?; other types as they are."""
    return kind.of if isinstance(kind, OptionalType) else kind


def common(a: Type, b: Type) -> Type | None:
    """The type of a value that is either an `a` or a `b` (arms, fallbacks, list items), or None.

    What one side leaves open (`list<unknown>` of an empty list) is filled in from the other.
    """
    if UNKNOWN in (a, b):
        return b if a == UNKNOWN else a
    match a, b:
        case ListType(left), ListType(right):
            item = common(left, right)
            return None if item is None else ListType(item)
        case MapType(left), MapType(right):
            value = common(left, right)
            return None if value is None else MapType(value)
        case EnumType(left), EnumType(right):
            return EnumType(left + tuple(member for member in right if member not in left))
        case RecordType(), RecordType():
            return b if assignable(a, b) else a if assignable(b, a) else None
        case _:
            pass
    if assignable(a, b):
        return b
    if assignable(b, a):
        return a
    if NULL in (a, b):
        return optional(b if a == NULL else a)
    if isinstance(a, OptionalType) or isinstance(b, OptionalType):
        inner = common(required(a), required(b))
        return None if inner is None else optional(inner)
    return None


def contains(kind: Type, part: Type) -> bool:
    """Is `part` this type, or a type inside it?"""
    if kind == part:
        return True
    match kind:
        case ListType(inner) | MapType(inner) | OptionalType(inner):
            return contains(inner, part)
        case RecordType(fields):
            return any(contains(inner, part) for _, inner in fields)
        case Primitive() | EnumType():
            return False
