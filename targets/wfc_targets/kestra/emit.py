"""Model → YAML text. No decisions: a record becomes a mapping, a field at its default is left out."""

from __future__ import annotations

from wfc.record import Record
from wfc_targets.common import yaml
from wfc_targets.kestra.model import EngineFlow, Subflow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfc_targets.common.yaml import Node

ALWAYS = {"namespace", "wait", "transmit_failed"}
MARKS = (yaml.Block, yaml.Flow, yaml.Plain, yaml.Commented, yaml.Spaced)


def emit(flow: EngineFlow, header: Sequence[str]) -> str:
    """The text of one flow file under a header comment."""
    node = _mapping(flow)
    for section in ("tasks", "errors", "finally"):
        if section in node:
            node[section] = yaml.Spaced(node[section])
    return yaml.emit(node, header)


def _mapping(record: Record) -> dict[str, Node]:
    node: dict[str, Node] = {}
    defaults: dict[str, object] = getattr(type(record), "_defaults")  # noqa: B009
    for name in record.__match_args__:
        value = getattr(record, name)
        always = name in ALWAYS and isinstance(record, Subflow)
        if always or name not in defaults or value != defaults[name]:
            node[_camel(name)] = _node(value)
        if name == "id" and (kind := getattr(type(record), "TYPE", "")):
            node["type"] = kind
    return node


def _node(value: object) -> Node:
    if isinstance(value, Record) and not isinstance(value, MARKS):
        return _mapping(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return {key: _node(item) for key, item in value}
    if isinstance(value, (list, tuple)):
        return [_node(item) for item in value]
    if isinstance(value, dict):
        return {key: _node(item) for key, item in value.items()}
    return value  # type: ignore[return-value]


def _camel(name: str) -> str:
    head, *rest = name.strip("_").split("_")
    return head + "".join(word.capitalize() for word in rest)
