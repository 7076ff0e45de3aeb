"""What a trigger hands over: fields of its payload → Pebble paths."""

from __future__ import annotations

from wfc_targets.kestra import pebble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc import ir

HEADERS = 'map_values(if type == "array" then first else . end) | with_entries(.key |= ascii_downcase)'


def event_field(flow: ir.Flow, alias: str, field: str, zone: str) -> str:
    """The text of a field of an event. Webhooks hand on `body` and, each as a list, `headers`."""
    trigger = next(item for item in flow.triggers if item.alias == alias)
    match trigger.kind, field:
        case "schedule", "date":
            return f"(trigger.date | date('yyyy-MM-dd', timeZone={pebble.string(zone)}))"
        case "file", _:
            return pebble.member("inputs", f"{alias}_{field}")
        case "flow", "run":
            return "trigger.executionId"
        case "flow", "state":
            return "(trigger.state == 'SUCCESS' ? 'succeeded' : 'failed')"
        case "webhook", "headers":
            return f"(trigger.headers | jq('{HEADERS}') | first)"
        case "webhook", "body":
            return "trigger.body"
        case _:
            return pebble.member("trigger.body", field)


FIELDS = {"schedule": ("date",), "webhook": ("body", "headers"), "flow": ("run", "state"), "file": ("path", "file")}
"""The fields of events that are no payload of their own; the engine names or writes them differently."""


def whole_event(flow: ir.Flow, alias: str, zone: str) -> str:
    """The text of an event as the language sees it; of GitHub, GitLab and Alertmanager it is the body of a webhook."""
    trigger = next(item for item in flow.triggers if item.alias == alias)
    fields = FIELDS.get(trigger.kind)
    if fields is None:
        return "trigger.body"
    return "{" + ", ".join(f"'{field}': {event_field(flow, alias, field, zone)}" for field in fields) + "}"
