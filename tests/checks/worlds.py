"""A world in which nothing goes wrong, for any flow, and what a run in it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfc import ir, walk
from wfc.interpret import interpret
from wfc.pipeline import load_texts
from wfc.types import ListType, OptionalType, RecordType
from wfc.values import plain_value
from wfc.world import Behaviour, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.trace import Trace
    from wfc.types import Type

POLLS = {"seeded": {"status": 200, "headers": {}, "body": None}, "poll": {"status": "done"}}
"""Task → what ends its `until` at once."""


def value(kind: Type) -> ir.Json:
    """A value of a type: one item in each list, 1 for int, else the plain one."""
    match kind:
        case OptionalType(inner):
            return value(inner)
        case ListType(item):
            return [value(item)]
        case RecordType(fields):
            return {name: value(field) for name, field in fields}
        case _:
            found = plain_value(kind)
            return 1 if found == 0 and not isinstance(found, bool) else found


def traces(text: str, odd: Mapping[str, Behaviour] | None = None) -> list[Trace]:
    """The run of every flow of a text, which has no errors. odd: task → how it behaves, where that is not well."""
    loaded = load_texts([("flow.wf", text)])
    assert not [item for item in loaded.diagnostics if item.severity == "error"], text
    found = []
    for flow in loaded.project.flows:
        behaviours = {("task", task.label): well(task) for task in walk.tasks(flow) if goes_well(task)}
        behaviours |= {("task", name): behaviour for name, behaviour in (odd or {}).items()}
        events = {item.alias: value(item.payload) for item in flow.triggers if item.alias}
        world = World(behaviours, {item.name: "s" for item in flow.secrets}, {}, events)
        inputs = {item.name: value(item.type) for item in flow.inputs}
        found.append(interpret(loaded.project, flow, world, inputs))
    return found


def goes_well(task: ir.Task) -> bool:
    """Is its result to be made up? Sleeps and other flows have one by themselves."""
    return not isinstance(task.call.op, ir.Sleep | ir.RunFlow)


def well(task: ir.Task) -> Behaviour:
    """The first attempt works; a poll finds what it waits for."""
    return Behaviour(returns=POLLS[task.label] if task.label in POLLS and task.until else value(task.call.type))
