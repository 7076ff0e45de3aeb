"""Types of the language → what Airflow and the helper module know: type values, Param schemas, JSON Schema."""

from __future__ import annotations

from wfc import types
from wfc_targets.common.python_source import Braces, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json
    from wfc.types import Type
    from wfc_targets.common.python_source import Node

_PRIMITIVES = {
    "string": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "duration": "int",
    "date": '"date"',
    "datetime": '"datetime"',
    "file": '"file"',
}
_SCHEMAS: dict[str, dict[str, Json]] = {
    "string": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "duration": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "file": {"type": "string"},
    "secret": {"type": "string"},
}


def type_value(kind: Type) -> Node:
    """The type as the helper module's `typed` takes it: `{"id": int, "tags": ([str],)}`."""
    match kind:
        case types.Primitive(name):
            return Code(_PRIMITIVES.get(name, "object"))
        case types.ListType(item):
            return [type_value(item)]
        case types.MapType(value):
            return Braces(((Code("str"), type_value(value)),))
        case types.RecordType(fields):
            return {name: type_value(of) for name, of in fields} if fields else Code("object")
        case types.EnumType(members):
            return Braces(tuple((member, None) for member in members))
        case types.OptionalType(of):
            return (type_value(of),)


def schema(kind: Type, strict: bool = False) -> dict[str, Json]:
    """JSON Schema of a type. strict: as strict structured outputs want it, every field required, null for T?."""
    match kind:
        case types.Primitive(name):
            return dict(_SCHEMAS.get(name, {}))
        case types.ListType(item):
            return {"type": "array", "items": schema(item, strict)}
        case types.MapType(value):
            return {"type": "object", "additionalProperties": schema(value, strict)}
        case types.RecordType(fields):
            wanted = [name for name, of in fields if strict or not isinstance(of, types.OptionalType)]
            found: dict[str, Json] = {
                "type": "object",
                "properties": {name: schema(of, strict) for name, of in fields},
            }
            found["required"] = [*wanted]
            if strict:
                found["additionalProperties"] = False
            return found
        case types.EnumType(members):
            return {"type": "string", "enum": list(members)}
        case types.OptionalType(of):
            return nullable(schema(of, strict))


def nullable(of: dict[str, Json]) -> dict[str, Json]:
    """The schema that takes null too."""
    found = dict(of)
    if isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    if isinstance(enum := found.get("enum"), list):
        found["enum"] = [*enum, None]
    return found
