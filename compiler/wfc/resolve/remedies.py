"""What is wrong with a value of one type where another is wanted, and what the author can write instead."""

from __future__ import annotations

from wfc import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.types import Type

PLAIN = (types.INT, types.FLOAT, types.BOOL, types.DATE)
"""Types of which every value has one text."""


def mismatch(kind: Type, wanted: Type, text: str) -> tuple[str, str]:
    """(why, remedy) for WF201, "" where there is nothing to add to the two types. text: the value as written."""
    if kind == types.SECRET:
        return (
            "What takes a text may show it: in a log, a message, a prompt or a URL (CWE-532).",
            "hand it to a parameter of the type `secret`, such as `auth:`, or through `headers:` or `env:`",
        )
    if wanted == types.STRING and (kind in PLAIN or isinstance(kind, types.EnumType)):
        return "", f'write it as a text: `"{{{text}}}"`'
    if isinstance(wanted, types.ListType) and types.assignable(kind, wanted.item):
        return "", f"write a list: `[{text}]`"
    if isinstance(kind, types.ListType) and types.assignable(kind.item, wanted):
        return "", f"take one item, `{text}[0]`, or go through them with `for`"
    return "", ""


def without_text(kind: Type, text: str) -> tuple[str, str, str]:
    """(code, message, remedy) for a value in a text, code "" when it has a text. text: the value as written."""
    match kind:
        case types.OptionalType() | types.Primitive("null"):
            message = f"a text can't hold a value that may be missing (`{kind}`)"
            return "WF203", message, f'say what to write instead: `{{{text} ?? "none"}}`'
        case types.Primitive("duration"):
            return "WF211", "a duration has no text", f"write `seconds({text})` or `minutes({text})`"
        case types.Primitive("datetime"):
            return "WF211", "a datetime has a text only in a time zone", f'write `text({text}, "UTC")`'
        case types.ListType() | types.MapType() | types.RecordType() | types.Primitive("json"):
            joins = f' or `join({text}, ", ")`' if kind == types.ListType(types.STRING) else ""
            message = f"a value of type `{kind}` has no text"
            return "WF211", message, f"read one of its fields, or write `json({text})`{joins}"
        case types.Primitive("file" | "bytes"):
            return "WF211", f"a {kind} has no text", "hand it on through `env:`"
        case _:
            return "", "", ""
