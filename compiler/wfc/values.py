"""Values of a type: does a JSON value fit, and what stands for one when nobody says."""

from __future__ import annotations

from wfc.types import (
    EnumType,
    ListType,
    MapType,
    OptionalType,
    Primitive,
    RecordType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json
    from wfc.types import Type

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "secret": (str,),
    "file": (str,),
    "bytes": (str,),
    "date": (str,),
    "datetime": (str,),
    "int": (int,),
    "duration": (int,),
    "float": (int, float),
    "bool": (bool,),
}
_PLAIN: dict[str, Json] = {
    "string": "",
    "secret": "",
    "file": "",
    "bytes": "",
    "date": "2026-01-01",
    "datetime": "2026-01-01T00:00:00+00:00",
    "int": 0,
    "duration": 0,
    "float": 0.0,
    "bool": False,
}


def misfit(value: Json, kind: Type, where: str = "value") -> str:
    """What keeps a JSON value from being of a type, as `value.items[0] does not fit: "x"`; "" when it fits.

    A record may hold more fields than its type; a missing field and a null one are the same. 2.0 is an int too.
    """
    wrong = f"{where} does not fit: {_shown(value)}"
    match kind:
        case OptionalType(of):
            return "" if value is None else misfit(value, of, where)
        case ListType(item):
            if not isinstance(value, list):
                return wrong
            return next((bad for n, one in enumerate(value) if (bad := misfit(one, item, f"{where}[{n}]"))), "")
        case MapType(item):
            if not isinstance(value, dict):
                return wrong
            return next((bad for key, one in value.items() if (bad := misfit(one, item, f"{where}.{key}"))), "")
        case RecordType(fields):
            if not isinstance(value, dict) and fields:
                return wrong
            inside = value if isinstance(value, dict) else {}
            return next(
                (bad for name, field in fields if (bad := misfit(inside.get(name), field, f"{where}.{name}"))), ""
            )
        case EnumType(members):
            return "" if value in members else wrong
        case Primitive(name):
            return "" if name not in _PYTHON or _is(value, name) else wrong


def plain_value(kind: Type) -> Json:
    """A value of the type when nobody says which: "", 0, false, [], the first member, a record of such values."""
    match kind:
        case ListType():
            return []
        case MapType():
            return {}
        case RecordType(fields):
            return {name: plain_value(field) for name, field in fields if not isinstance(field, OptionalType)}
        case EnumType(members):
            return members[0]
        case Primitive(name):
            return _PLAIN.get(name)
        case OptionalType():
            return None


def _is(value: Json, name: str) -> bool:
    if isinstance(value, bool):
        return name == "bool"
    whole = name in ("int", "duration") and isinstance(value, float) and value.is_integer()
    return whole or isinstance(value, _PYTHON[name])


def _shown(value: Json) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 80 else text[:77] + "…"
