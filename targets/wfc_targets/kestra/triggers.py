"""Triggers of a flow → triggers of Kestra's core; events of GitHub, GitLab and Alertmanager come in by webhook."""

from __future__ import annotations

from wfc import ir
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.native import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.unit import Unit

STATES = {"succeeded": ["SUCCESS", "WARNING"], "failed": ["FAILED", "KILLED", "CANCELLED"]}
ACTIONS = {"github": "trigger.body.action", "gitlab": "trigger.body.object_attributes.action"}
PROJECTS = {"github": "trigger.body.repository.full_name", "gitlab": "trigger.body.project.path_with_namespace"}


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
    system = trigger.kind.partition(".")[0]
    match system:
        case "manual":
            return None
        case "schedule":
            when, conditions = _filter(unit, trigger, [])
            zone = str(args.get("timezone") or "UTC")
            return model.Schedule(id=name, cron=str(args["cron"]), timezone=zone, when=when, conditions=conditions)
        case "webhook" | "alert" | "github" | "gitlab":
            when, conditions = _filter(unit, trigger, _tests(unit, trigger, system))
            return model.Webhook(id=name, key=_key(unit, trigger, name), when=when, conditions=conditions)
        case "flow":
            return _after_flow(unit, trigger, name)
        case _:
            unit.unsupported(
                f"`on {trigger.kind}`",
                trigger.span,
                "its core has schedule, webhook and flow triggers only",
                "use `on webhook(…)` and let the sender call it, or `on schedule(…)` with a task that looks",
            )
            return None


def _key(unit: Unit, trigger: ir.Trigger, name: str) -> str:
    """The end of the webhook's address: a secret, or the path where the flow asks for none."""
    args = dict(trigger.args)
    secret = args.get("secret")
    if secret is None and isinstance(args.get("path"), str):
        return pebble.raw(str(args["path"]).strip("/").replace("/", "-"))
    kept = unit.project.secret_name("kestra", str(secret or f"{unit.flow.name}_{name}"))
    return pebble.output(f"secret({pebble.string(kept)})")


def _tests(unit: Unit, trigger: ir.Trigger, system: str) -> list[str]:
    """What an event must be, as Pebble conditions: the repository, the action, the branch."""
    args = dict(trigger.args)
    tests = []
    for key, value in args.items():
        if value in (None, []):
            continue
        match key:
            case "repo" | "project":
                tests.append(f"{PROJECTS[system]} == {pebble.string(str(value))}")
            case "actions" if isinstance(value, list):
                tests.append(f"{_texts(value)} contains {ACTIONS[system]}")
            case "branches" if isinstance(value, list) and not any(set(str(item)) & set("*?[!") for item in value):
                tests.append(_branch_test(trigger.kind, value))
            case "path" | "secret":
                continue
            case _:
                unit.unsupported(
                    f"`{key}` of `on {trigger.kind}`",
                    trigger.span,
                    "a webhook's condition can't match globs or file names",
                    "name the branches in full, or test the event by `if` in the flow",
                )
    return tests


def _texts(items: list[ir.Json]) -> str:
    return "[" + ", ".join(str(pebble.string(str(item))) for item in items) + "]"


def _branch_test(kind: str, branches: list[ir.Json]) -> str:
    if kind.endswith(".push"):
        refs: list[ir.Json] = [f"refs/heads/{branch}" for branch in branches]
        return f"{_texts(refs)} contains trigger.body.ref"
    return f"{_texts(branches)} contains trigger.body.pull_request.base.ref"


def _filter(unit: Unit, trigger: ir.Trigger, tests: list[str]) -> tuple[str | None, Node]:
    """The tests and `where` as 2.0's `when`, or 1.3's list of conditions."""
    if trigger.where is not None:
        text = native(trigger.where, unit.places, ())
        if text is None:
            unit.unsupported(
                "this `where`",
                trigger.where.span,
                "a trigger has no task in front of it, and Pebble has no form of the expression",
                "test it by `if` or `require` in the flow",
            )
        tests = [*tests, text or "true"]
    if not tests:
        return None, None
    condition = pebble.output(" and ".join(f"({test})" for test in tests) if len(tests) > 1 else tests[0])
    if unit.version == "2.0":
        return condition, None
    return None, [{"type": "io.kestra.plugin.core.condition.Expression", "expression": condition}]


def _after_flow(unit: Unit, trigger: ir.Trigger, name: str) -> model.FlowTrigger:
    args = dict(trigger.args)
    wanted = args.get("states")
    states: list[Node] = [
        state for item in (wanted if isinstance(wanted, list) else ["succeeded"]) for state in STATES[str(item)]
    ]
    source: dict[str, Node] = {"namespace": unit.project.namespace, "flowId": str(args["name"]), "states": states}
    when, conditions = _filter(unit, trigger, [])
    if unit.version == "2.0":
        return model.FlowTrigger(id=name, depends_on=[source], when=when)
    return model.FlowTrigger(id=name, preconditions={"id": f"{name}_ended", "flows": [source]}, conditions=conditions)
