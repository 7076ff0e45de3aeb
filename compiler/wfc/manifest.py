"""A manifest as JSON (schemas/wfc_schemas/manifest.schema.json): the source map of what was compiled."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json
    from wfc.target import Entry, Manifest

SCHEMA = 1
"""Version of the form; raised when a reader of the old one would go wrong."""


def manifest_json(manifest: Manifest) -> str:
    """The manifest as indented JSON with a final line end; places are character offsets into the source."""
    import json

    data: dict[str, Json] = {
        "schema": SCHEMA,
        "flow": manifest.flow,
        "target": manifest.target,
        "version": manifest.version,
        "source_hash": manifest.source_hash,
        "entries": [entry_json(entry) for entry in manifest.entries],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def entry_json(entry: Entry) -> Json:
    """One engine task."""
    data: dict[str, Json] = {
        "id": entry.id,
        "path": entry.path,
        "role": entry.role,
        "section": entry.section,
        "artifact": entry.artifact,
        "span": {"source": entry.span.source, "start": entry.span.start, "end": entry.span.end},
    }
    if entry.extra:
        data["extra"] = {key: plain(value) for key, value in entry.extra}
    return data


def plain(value: object) -> Json:
    """Tuples as lists, all the way down."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    assert value is None or isinstance(value, bool | int | float | str)
    return value
