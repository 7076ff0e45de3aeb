"""Frozen, slotted records that cost little at start-up.

`class Point(Record): x: int; y: int = 0` gives slots, an `__init__`, `__match_args__`, `==`, `hash` and `repr`.
Sixty frozen slotted dataclasses triple the start-up of `wfc check`; these add a few per cent (docs/benchmarks.md).
Immutability is a promise held by the type checkers (`frozen_default`), not by a run-time guard.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, TypeVar, dataclass_transform

    R = TypeVar("R", bound="Record")
else:

    def dataclass_transform(**_options):
        """What typing has under this name (PEP 681), without importing typing: it changes nothing at run time."""
        return lambda decorated: decorated


COMPILED_AFTER = 40
"""Calls of a class until it gets an `__init__` of its own: compiling one takes as long as about so many calls."""

_calls: dict[type, int] = {}


def _first_init(self: Any, *args: Any, **fields: Any) -> None:
    """The `__init__` of a class that was seldom called; the real one takes its place, also to raise what it raises.

    Most classes are called a few times only in most runs.
    """
    cls = type(self)
    names, defaults = cls.__match_args__, cls._defaults
    calls = _calls[cls] = _calls.get(cls, 0) + 1
    if calls < COMPILED_AFTER and len(args) <= len(names):
        values = {**defaults, **fields, **dict(zip(names, args, strict=False))}
        if (
            len(values) == len(names)
            and len(args) + len(fields) <= len(names)
            and fields.keys() <= {*names[len(args) :]}
        ):
            for name in names:
                setattr(self, name, values[name])
            return
    head = ", ".join(f"{name}=_defaults[{name!r}]" if name in defaults else name for name in names)
    body = "; ".join(f"self.{name} = {name}" for name in names) or "pass"
    space: dict[str, Any] = {"_defaults": defaults}
    exec(f"def __init__(self, {head}): {body}", space)
    cls.__init__ = space["__init__"]
    cls.__init__(self, *args, **fields)


def _first_reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    """The `__reduce__` of a class of which none was pickled: makes the real one, which takes its place.

    Fields by position are half the size and half the time of what pickle does with slots of its own accord.
    """
    cls: Any = type(self)
    fields = "".join(f"self.{name}, " for name in cls.__match_args__)
    space: dict[str, Any] = {"_cls": cls}
    exec(f"def __reduce__(self): return _cls, ({fields})", space)
    cls.__reduce__ = space["__reduce__"]
    reduced: tuple[type, tuple[Any, ...]] = cls.__reduce__(self)
    return reduced


@dataclass_transform(frozen_default=True)
class _RecordMeta(type):
    def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any], **keywords: Any) -> _RecordMeta:
        own = [field for field in space.get("__annotations__", {}) if not field.startswith("__")]
        defaults: dict[str, Any] = {}
        fields: list[str] = []
        for base in bases:
            fields += [field for field in getattr(base, "__match_args__", ()) if field not in fields]
            defaults |= getattr(base, "_defaults", {})
        defaults |= {field: space.pop(field) for field in own if field in space}
        fields += [field for field in own if field not in fields]
        inherited = {slot for base in bases for slot in getattr(base, "__match_args__", ())}
        space["__slots__"] = tuple(field for field in own if field not in inherited)
        space["__match_args__"] = tuple(fields)
        space["_defaults"] = defaults
        space["__init__"] = _first_init
        space["__reduce__"] = _first_reduce
        return super().__new__(mcs, name, bases, space, **keywords)


class Record(metaclass=_RecordMeta):
    """Base of all values of the compiler: fields are the annotations, in order, bases first.

    Raises TypeError for a missing, doubled or unknown field, as a function call would.
    """

    if TYPE_CHECKING:
        __match_args__: ClassVar[tuple[str, ...]]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not type(self):
            return NotImplemented
        for name in self.__match_args__:  # noqa: SIM110 (a generator would take twice as long)
            if getattr(self, name) != getattr(other, name):
                return False
        return True

    def __hash__(self) -> int:
        return hash((type(self).__name__, *(getattr(self, name) for name in self.__match_args__)))

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({inside})"


def replace(record: R, **changes: Any) -> R:
    """A copy of `record` with the fields in `changes` set anew."""
    values = {name: getattr(record, name) for name in record.__match_args__}
    return type(record)(**(values | changes))
