"""Triggers of a flow → triggers of Kestra's core; what needs another plugin is refused with the way out."""

from __future__ import annotations

from wfc import ir
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.native import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.unit import Unit


def lower_triggers(unit: Unit) -> tuple[model.EngineTrigger, ...]:
    """The triggers, named after their alias or kind."""
    found = []
    taken: set[str] = set()
    for trigger in unit.flow.triggers:
        name = base = trigger.alias or trigger.kind.replace(".", "_")
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        made = _trigger(unit, trigger, name)
        if made is not None:
            found.append(made)
    return tuple(found)


def _trigger(unit: Unit, trigger: ir.Trigger, name: str) -> model.EngineTrigger | None:
    args = dict(trigger.args)
    when, conditions = _where(unit, trigger)
    match trigger.kind:
        case "manual":
            return None
        case "schedule":
            zone = str(args.get("timezone") or "UTC")
            return model.Schedule(id=name, cron=str(args["cron"]), timezone=zone, when=when, conditions=conditions)
        case "webhook":
            secret = unit.project.secret_name("kestra", f"{unit.flow.name}_webhook")
            key = pebble.output(f"secret({pebble.string(secret)})")
            return model.Webhook(id=name, key=key, when=when, conditions=conditions)
        case "flow":
            return _after_flow(unit, trigger, name, str(args.get("flow") or args.get("name") or ""))
        case _:
            unit.unsupported(
                f"`on {trigger.kind}`",
                trigger.span,
                "Kestra's core has schedule, webhook and flow triggers only",
                "use `on webhook(…)` and let the sender call it, or `on schedule(…)` with a task that looks",
            )
            return None


def _where(unit: Unit, trigger: ir.Trigger) -> tuple[str | None, Node]:
    """`where` as 2.0's `when`, or 1.3's list of conditions."""
    if trigger.where is None:
        return None, None
    text = native(trigger.where, unit.places, ())
    if text is None:
        unit.unsupported(
            "this `where`",
            trigger.where.span,
            "a trigger has no task in front of it, and Pebble has no form of the expression",
            "test it by `if` or `require` in the flow",
        )
        return None, None
    if unit.version == "2.0":
        return pebble.output(text), None
    return None, [{"type": "io.kestra.plugin.core.condition.Expression", "expression": pebble.output(text)}]


def _after_flow(unit: Unit, trigger: ir.Trigger, name: str, flow: str) -> model.FlowTrigger:
    when, conditions = _where(unit, trigger)
    source: dict[str, Node] = {"namespace": unit.project.namespace, "flowId": flow, "states": ["SUCCESS"]}
    if unit.version == "2.0":
        return model.FlowTrigger(id=name, depends_on=[source], when=when)
    return model.FlowTrigger(id=name, preconditions={"id": f"{name}_ended", "flows": [source]}, conditions=conditions)
