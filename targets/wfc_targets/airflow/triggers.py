"""Triggers, inputs and limits of a flow → the arguments of `DAG( … )`."""

from __future__ import annotations

from wfc.types import OptionalType, RecordType
from wfc_targets.airflow import watch
from wfc_targets.airflow.kinds import nullable, schema
from wfc_targets.airflow.report import lossy, unsupported
from wfc_targets.airflow.values import NOT_CONSTANT, constant
from wfc_targets.common.python_source import Call, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc import ir
    from wfc_targets.airflow.names import Names
    from wfc_targets.common.python_source import Node

    Arguments = list[tuple[str | None, Node]]

ASSET = "wfc://flow/"
"""An Airflow asset of this name and the flow's is updated by each run of the flow that succeeds."""


def dag_arguments(names: Names) -> Arguments:
    """What `DAG( … )` is given besides its name."""
    flow = names.flow
    found: Arguments = [("schedule", schedule(names))]
    if any(trigger.kind == "schedule" for trigger in flow.triggers):
        found.append(("catchup", False))
    if flow.concurrency:
        found += concurrency(names, flow.concurrency)
    if names.most_tasks:
        found.append(("max_active_tasks", names.most_tasks))
    found.append(("default_args", default_args(names)))
    if flow.inputs:
        found.append(("params", {item.name: param(names, item) for item in flow.inputs}))
    if any(_asks(node, "{{ secret(") for draft in names.drafts.values() for _, node in draft.arguments):
        found.append(("user_defined_macros", {"secret": Code("wfc.secret")}))
    found += [("doc_md", Code("__doc__")), ("tags", ["wfc"])]
    return found


def default_args(names: Names) -> Node:
    """Policies of every task. `retries` is said so that a default of the cluster repeats nothing in silence."""
    found: dict[str, Node] = {"retries": 0}
    if names.notes_failures:
        found["on_failure_callback"] = Code("wfc.note_failure")
    if names.flow.budget and names.flow.budget.time:
        found["pre_execute"] = Code("wfc.only_if(BUDGET)")
    return found


def param(names: Names, item: ir.Input) -> Node:
    """An input as Airflow's Param, whose JSON Schema is checked when a run is asked for."""
    rules = schema(item.type)
    default = None if item.default is None else constant(item.default)
    arguments: Arguments = []
    if default is NOT_CONSTANT or (default is None and isinstance(item.type, OptionalType)):
        arguments.append((None, Code("None")))
        rules = nullable(rules)
    elif item.default is not None:
        arguments.append((None, default))  # type: ignore[arg-type]
    elif any(trigger.kind == "schedule" for trigger in names.flow.triggers):
        unsupported(
            names,
            item.span,
            f"a scheduled flow with the input `{item.name}` that has no default",
            "A run by the schedule has nobody to give it; Airflow refuses such a DAG.",
            f"give it a default: `input {item.name}: {item.type} = …`",
        )
    arguments += list(rules.items())
    return Call(names.use("airflow.sdk", "Param"), tuple(arguments))


def concurrency(names: Names, limit: ir.Concurrency) -> Arguments:
    """`concurrency N queue` is `max_active_runs`; Airflow knows no other way, and no keys."""
    if limit.mode != "queue" or limit.by is not None:
        what = "a limit by key" if limit.by is not None else f"`concurrency … {limit.mode}`"
        unsupported(
            names,
            limit.span,
            what,
            "`max_active_runs` lets further runs of the whole DAG wait, and does nothing else.",
            f"write `concurrency {limit.limit} queue`",
        )
    return [("max_active_runs", limit.limit)]


def schedule(names: Names) -> Node:
    """The `schedule` of the DAG: cron, assets of other flows, or None for runs that are asked for."""
    crons: list[ir.Trigger] = []
    assets: list[Node] = []
    for trigger in names.flow.triggers:
        match trigger.kind:
            case "schedule":
                crons.append(trigger)
            case "flow":
                assets.append(asset_of(names, trigger))
            case "manual":
                continue
            case "file":
                apart(names, trigger)
            case _:
                called(names, trigger)
                apart(names, trigger)
    watch.check(names, [trigger for trigger in names.flow.triggers if trigger.kind == "file"])
    if assets and crons:
        unsupported(
            names,
            crons[0].span,
            "a schedule beside another flow's end",
            "A DAG has one timetable.",
            "keep one of the two triggers",
        )
    if assets:
        return assets
    return timetable(names, crons)


def apart(names: Names, trigger: ir.Trigger) -> None:
    """Report inputs that bear the name of a field of the event: both are keys of a run's `conf`."""
    fields = {name for name, _ in trigger.payload.fields} if isinstance(trigger.payload, RecordType) else set()
    for item in names.flow.inputs:
        if item.name in fields:
            unsupported(
                names,
                item.span,
                f"an input `{item.name}` beside `on {trigger.kind}`, whose event has a field of that name",
                "Inputs and the event both arrive in the `conf` of the run, and would be taken for each other.",
                "give the input another name",
            )


def called(names: Names, trigger: ir.Trigger) -> None:
    """Say how what Airflow has no listener for starts a run, and what the body of that call must hold."""
    fields = trigger.payload.fields if isinstance(trigger.payload, RecordType) else ()
    conf = "{" + ", ".join(f'"{name}": …' for name, _ in fields) + "}"
    if "." in trigger.kind:
        conf = f"the payload as {trigger.kind.partition('.')[0]} sends it"
    lossy(
        names,
        trigger.span,
        f"`on {trigger.kind}` is a call of the REST API",
        "Airflow has no address of its own for it: POST /api/v2/dags/{dag_id}/dagRuns with a token and "
        f'the body {{"conf": {conf}}}.',
        "let the sender, or a small gateway, make that call",
    )


def asset_of(names: Names, trigger: ir.Trigger) -> Node:
    """The asset that another flow updates when it has ended well. WF951 for other ends."""
    args = dict(trigger.args)
    if args.get("states", ["succeeded"]) != ["succeeded"]:
        unsupported(
            names,
            trigger.span,
            "starting when another flow has failed",
            "Assets are updated by success only.",
            "call this flow in the other's `on failure`, with `flow.run`",
        )
    return Call(names.use("airflow.sdk", "Asset"), ((None, f"{ASSET}{args['name']}"),))


def timetable(names: Names, crons: list[ir.Trigger]) -> Node:
    """The `schedule=` of cron triggers; None without one. WF951 for several zones."""
    if not crons:
        return None
    zones = [str(dict(trigger.args).get("timezone") or "UTC") for trigger in crons]
    texts: list[Node] = [str(dict(trigger.args)["cron"]) for trigger in crons]
    if len(set(zones)) > 1:
        unsupported(
            names,
            crons[1].span,
            "schedules in several time zones",
            "A DAG has one timetable, in one zone.",
            "say both in one time zone, or make two flows",
        )
    if len(crons) == 1 and zones[0] == "UTC":
        return texts[0]
    kind = "CronTriggerTimetable" if len(crons) == 1 else "MultipleCronTriggerTimetable"
    names.use("airflow.sdk", kind)
    return Call(kind, (*((None, text) for text in texts), ("timezone", zones[0])))


def _asks(node: Node, words: str) -> bool:
    """Do the words stand in a text of an argument?"""
    if isinstance(node, dict):
        return any(_asks(inner, words) for inner in node.values())
    if isinstance(node, list | tuple):
        return any(_asks(inner, words) for inner in node)
    return isinstance(node, str) and words in node
