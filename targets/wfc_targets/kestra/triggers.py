"""Triggers of a flow → triggers of Kestra's core; events of GitHub, GitLab and Alertmanager come in by webhook."""

from __future__ import annotations

import re

from wfc import ir
from wfc.target import Entry
from wfc_targets.kestra import model, pebble
from wfc_targets.kestra.compute import Operands
from wfc_targets.kestra.native import native
from wfc_targets.kestra.unit import script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.unit import Unit

STATES = {"succeeded": ["SUCCESS", "WARNING"], "failed": ["FAILED", "KILLED", "CANCELLED"]}
ACTIONS = {"github": "trigger.body.action", "gitlab": "trigger.body.object_attributes.action"}
PROJECTS = {"github": "trigger.body.repository.full_name", "gitlab": "trigger.body.project.path_with_namespace"}


def lower_triggers(unit: Unit) -> tuple[tuple[model.EngineTrigger, ...], list[model.EngineTask]]:
    """The triggers, named after their alias or kind; the tasks that end a run whose event does not fit `where`."""
    found = []
    gates: list[model.EngineTask] = []
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
        gates += _gate(unit, trigger, name)
    return tuple(found), gates


def _trigger(unit: Unit, trigger: ir.Trigger, name: str) -> model.EngineTrigger | None:
    args = dict(trigger.args)
    system = trigger.kind.partition(".")[0]
    match system:
        case "manual" | "file":
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
    tests: list[str] = []
    refs: list[str] = []
    for key, value in args.items():
        if value in (None, []):
            continue
        match key:
            case "repo" | "project":
                tests.append(f"{PROJECTS[system]} == {pebble.string(str(value))}")
            case "actions" if isinstance(value, list):
                tests.append(f"{_texts(value)} contains {ACTIONS[system]}")
            case "branches" | "tags" if trigger.kind == "github.push" and _are_globs(value):
                refs += [f"refs/{'heads' if key == 'branches' else 'tags'}/{item}" for item in _list(value)]
            case "branches" if _are_globs(value):
                field = "ref" if system == "gitlab" else "pull_request.base.ref"
                prefix = "refs/heads/" if system == "gitlab" else ""
                tests.append(fits(f"trigger.body.{field}", [prefix + str(item) for item in _list(value)]))
            case "paths" if trigger.kind == "github.push" and _are_globs(value):
                changed = f'any(.[] | (.added + .modified + .removed)[]; test("{pattern(_list(value))}"))'
                tests.append(f"((trigger.body.commits ?? []) | jq('{changed}') | first)")
            case "workflows" if isinstance(value, list):
                tests.append(f"{_texts(value)} contains trigger.body.workflow_run.name")
            case "path" | "secret":
                continue
            case _:
                unit.unsupported(
                    f"`{key}` of `on {trigger.kind}`",
                    trigger.span,
                    "a condition can match globs of `*` and `**` only, and files only where the event names them",
                    "write other globs out, or test the event by `where` or by `if` in the flow",
                )
    return [*tests, fits("trigger.body.ref", refs)] if refs else tests


def _list(value: ir.Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _are_globs(value: ir.Json) -> bool:
    """Texts with no other wildcards than `*` and `**`, which Pebble can write."""
    return bool(_list(value)) and all(pebble.string(item) and not set(item) & set("?[]!+^'\"") for item in _list(value))


def fits(text: str, globs: list[str]) -> str:
    """The Pebble test of a text by globs."""
    if not any("*" in item for item in globs):
        return f"{_texts([*globs])} contains {text}"
    return f"([{text}] | jq('.[0] | test(\"{pattern(globs)}\")') | first)"


def pattern(globs: list[str]) -> str:
    """The regular expression of globs (`*` stops at a `/`, `**` does not), without a backslash: Pebble has none."""
    return "^(" + "|".join("".join(_regex(part) for part in re.split(r"(\*+)", item)) for item in globs) + ")$"


def _regex(part: str) -> str:
    if part.startswith("*"):
        return "[^/]*" if part == "*" else ".*"
    return re.sub(r"[^\w/ -]", lambda found: f"[{found[0]}]", part)


def _texts(items: list[ir.Json]) -> str:
    return "[" + ", ".join(str(pebble.string(str(item))) for item in items) + "]"


def _filter(unit: Unit, trigger: ir.Trigger, tests: list[str]) -> tuple[str | None, Node]:
    """The tests and `where` as 2.0's `when`, or 1.3's list of conditions; what Pebble can't test is left to a gate."""
    text = None if trigger.where is None else native(trigger.where, unit.places, ())
    tests = tests if text is None else [*tests, text]
    if not tests:
        return None, None
    condition = pebble.output(" and ".join(f"({test})" for test in tests) if len(tests) > 1 else tests[0])
    if unit.version == "2.0":
        return condition, None
    return None, [{"type": "io.kestra.plugin.core.condition.Expression", "expression": condition}]


def _gate(unit: Unit, trigger: ir.Trigger, name: str) -> list[model.EngineTask]:
    """The first tasks of a flow, which end a run whose event does not fit: without `finally`, as if it was not begun.

    For what a condition of the trigger can't test: a `where` that Pebble has no form of, and one over a file.
    """
    where = trigger.where
    if where is None:
        return []
    text = native(where, unit.places, ())
    if text is not None and trigger.kind != "file":
        return []
    if trigger.kind != "file" and len([other for other in unit.flow.triggers if other.kind != "manual"]) > 1:
        unit.unsupported(
            "`where` with this expression",
            where.span,
            "Pebble has no form of the expression, and a task can't tell which of several triggers started the run",
            "test it by `if` or `require` in the flow, or give each trigger a flow of its own",
        )
        return []
    started = f"(inputs.{name}_path ?? '') != ''" if trigger.kind == "file" else "trigger is defined"
    tasks: list[model.EngineTask] = []
    if text is None:
        operands = Operands(unit.places, ())
        body = f'print("::" + json.dumps({{"outputs": {{"then": {operands.code(where)}}}}}) + "::")'
        tasks.append(script_task(unit, f"{name}_calc", body, operands, run_if=pebble.output(started)))
        text = f"(outputs.{name}_calc.vars.then ?? true)"
        unit.entries.append(Entry(f"{name}_calc", "", "calc", "body", where.span))
    unit.entries.append(Entry(f"{name}_gate", "", "gate", "body", where.span))
    unfit = pebble.output(f"{started} and not {text}")
    return [*tasks, model.Exit(id=f"{name}_gate", state="CANCELLED", run_if=unfit)]


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
