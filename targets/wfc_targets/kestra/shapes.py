"""Types → what checks a value at run time: Python shapes for kernel.py, JSON Schema, the engine's own input types."""

from __future__ import annotations

from wfc import types
from wfc.python_text import python_literal
from wfc.types import EnumType, ListType, MapType, OptionalType, RecordType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json
    from wfc.types import Type

PYTHON = {"int": "int", "float": "float", "bool": "bool", "string": "str", "secret": "str", "date": '"date"'}
PYTHON |= {"datetime": '"datetime"', "duration": "int", "json": "object", "file": "str"}
ENGINE = {"string": "STRING", "secret": "STRING", "int": "INT", "float": "JSON", "bool": "BOOL", "date": "DATE"}
ENGINE |= {"datetime": "DATETIME", "duration": "DURATION", "file": "FILE", "json": "JSON"}
SCHEMA = {"int": "integer", "float": "number", "bool": "boolean", "duration": "integer"}


def shape(kind: Type) -> str:
    """The Python text of a type as `typed` of kernel.py takes it: `[{"id": int, "name": (str,)}]`."""
    match kind:
        case ListType(item):
            return f"[{shape(item)}]"
        case MapType(value):
            return f"{{str: {shape(value)}}}"
        case RecordType(fields):
            return "{" + ", ".join(f"{python_literal(name)}: {shape(of)}" for name, of in fields) + "}"
        case EnumType(members):
            return "{" + ", ".join(python_literal(member) for member in members) + "}"
        case OptionalType(of):
            return f"({shape(of)},)"
        case _:
            return PYTHON.get(str(kind), "object")


def schema(kind: Type) -> Json:
    """A strict JSON Schema (draft 2020-12): every field required, no others; T? may be null."""
    match kind:
        case ListType(item):
            return {"type": "array", "items": schema(item)}
        case MapType(value):
            return {"type": "object", "additionalProperties": schema(value)}
        case RecordType(fields):
            properties: Json = {name: schema(of) for name, of in fields}
            required: list[Json] = [name for name, _ in fields]
            return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
        case EnumType(members):
            return {"type": "string", "enum": list(members)}
        case OptionalType(of):
            return {"anyOf": [schema(of), {"type": "null"}]}
        case types.JSON:
            return {}
        case _:
            return {"type": SCHEMA.get(str(kind), "string")}


def engine_type(kind: Type, wide: bool = False) -> tuple[str, str | None]:
    """The engine's type of an input or output, and the item type of an ARRAY.

    Its FLOAT has 32 bits and would round in silence, so a float is JSON. Its INT has 32 bits and refuses more;
    wide: ints are JSON as well.
    """
    inner = types.required(kind)
    if wide and inner == types.INT:
        return "JSON", None
    if isinstance(inner, ListType):
        item = ENGINE.get(str(inner.item))
        return ("ARRAY", item) if item not in (None, "JSON", "FILE", "DURATION") else ("JSON", None)
    if isinstance(inner, EnumType):
        return "STRING", None
    return ENGINE.get(str(inner), "JSON"), None
