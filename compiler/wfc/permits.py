"""Is a trace of a real engine one that the meaning of the flow permits? Compared with the reference interpreter's."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json


def plain(value: Json) -> Json:
    """A value for comparison: null fields are missing ones, and 2.0 is 2."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
