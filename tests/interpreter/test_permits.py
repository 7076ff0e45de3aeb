"""`permits` takes what the reference run shows in every order that nothing forbids, and takes nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from interpreter.random_flows import flows
from interpreter.test_conformance import NAMED, project
from wfc import ir
from wfc.interpret import Interpreter, interpret, run
from wfc.permits import permits
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace
from wfc.trace import FAILED, NOT_RUN, SUCCEEDED, UNDO, Instance, Key, Trace
from wfc.world import Behaviour, World

Drawn = tuple[str, World, dict[str, Any]]
RANDOM = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def resolved(text: str) -> tuple[ir.Project, ir.Flow]:
    """The only flow of a text."""
    loaded = load_texts([("f.wf", text)])
    assert not has_errors(loaded.diagnostics), (text, loaded.diagnostics)
    return loaded.project, loaded.project.flows[0]


def played(drawn: Drawn) -> tuple[Callable[[Trace], list[str]], Trace, Interpreter]:
    """The judge of a flow, its reference trace, and what the interpreter knows."""
    text, world, inputs = drawn
    whole, flow = resolved(text)
    interpreter, trace, _ = run(whole, flow, world, inputs)
    return lambda other: permits(whole, flow, world, other, inputs), trace, interpreter


def changed(trace: Trace, key: Key, **fields: Any) -> Trace:
    """The trace with one instance changed."""
    return replace(trace, instances=tuple(replace(i, **fields) if i.key == key else i for i in trace.instances))


@NAMED
def test_permits_the_reference_of_every_case(case: Any) -> None:
    flow = project(case.file).flow(case.flow)
    assert flow is not None
    inputs = {**case.inputs, **({"url": "http://x"} if "url" in case.inputs else {})}
    world = World(case.behaviours, case.secrets)
    trace = interpret(project(case.file), flow, world, inputs)
    assert permits(project(case.file), flow, world, trace, inputs) == []


@given(flows())
@RANDOM
def test_permits_its_own_trace(drawn: Drawn) -> None:
    judge, trace, _ = played(drawn)
    assert judge(trace) == []


@given(flows(), st.integers(0, 2**32))
@RANDOM
def test_permits_every_order_that_nothing_forbids(drawn: Drawn, seed: int) -> None:
    assume(" max " not in drawn[0])
    judge, trace, interpreter = played(drawn)
    assert judge(in_another_order(trace, interpreter.state.edges, random.Random(seed))) == []


def in_another_order(trace: Trace, edges: set[tuple[Key, Key]], chance: random.Random) -> Trace:
    """The trace with its starts and ends in a random order that keeps every edge."""
    events = [(i.key, end) for i in trace.instances if i.start is not None for end in (False, True)]
    before = {(key, True): [(key, False)] for key, end in events if end}
    for first, second in edges:
        before.setdefault((second, False), []).append((first, True))
    order: dict[tuple[Key, bool], int] = {}
    while len(order) < len(events):
        ready = [e for e in events if e not in order and all(b in order for b in before.get(e, []))]
        order[chance.choice(ready)] = len(order) + 1
    return replace(
        trace,
        instances=tuple(
            replace(i, start=order.get((i.key, False)), end=order.get((i.key, True))) for i in trace.instances
        ),
    )


@given(flows(), st.data())
@RANDOM
def test_refuses_another_number_of_attempts(drawn: Drawn, data: st.DataObject) -> None:
    judge, trace, _ = played(drawn)
    ran = [i for i in trace.instances if i.state in (SUCCEEDED, FAILED)]
    assume(ran)
    one: Instance = data.draw(st.sampled_from(ran))
    assert one.attempts is not None
    assert judge(changed(trace, one.key, attempts=one.attempts + data.draw(st.sampled_from([-1, 1]))))


@given(flows(), st.data())
@RANDOM
def test_refuses_another_state(drawn: Drawn, data: st.DataObject) -> None:
    judge, trace, _ = played(drawn)
    ran = [i for i in trace.instances if i.state in (SUCCEEDED, FAILED)]
    assume(ran)
    one: Instance = data.draw(st.sampled_from(ran))
    other = data.draw(st.sampled_from([state for state in (SUCCEEDED, FAILED, NOT_RUN) if state != one.state]))
    assert judge(changed(trace, one.key, state=other))


@given(flows())
@RANDOM
def test_refuses_another_end_of_the_run(drawn: Drawn) -> None:
    judge, trace, _ = played(drawn)
    assert judge(replace(trace, state=FAILED if trace.state == SUCCEEDED else SUCCEEDED))


@given(flows(), st.data())
@RANDOM
def test_refuses_a_start_before_what_it_waits_for(drawn: Drawn, data: st.DataObject) -> None:
    judge, trace, interpreter = played(drawn)
    assume(interpreter.state.edges)
    first, second = data.draw(st.sampled_from(sorted(interpreter.state.edges)))
    end = trace.by_key()[first].end
    assert end is not None
    assert judge(changed(trace, second, start=end - 0.5))


@given(flows(), st.data())
@RANDOM
def test_refuses_an_undo_that_was_dropped(drawn: Drawn, data: st.DataObject) -> None:
    judge, trace, _ = played(drawn)
    undone = [i for i in trace.instances if i.role == UNDO]
    assume(undone)
    gone = data.draw(st.sampled_from(undone))
    assert judge(replace(trace, instances=tuple(i for i in trace.instances if i.key != gone.key)))


@given(flows())
@RANDOM
def test_refuses_a_task_that_should_not_have_run(drawn: Drawn) -> None:
    judge, trace, _ = played(drawn)
    idle = next((i for i in trace.instances if i.state == NOT_RUN), None)
    assume(idle is not None)
    assert idle is not None
    assert judge(changed(trace, idle.key, state=SUCCEEDED, attempts=1, start=0.1, end=0.2))


@given(flows())
@RANDOM
def test_laws_of_every_run(drawn: Drawn) -> None:
    """What holds whatever the flow: only what succeeded is undone, handlers run when they should."""
    _, trace, _ = played(drawn)
    _, flow = resolved(drawn[0])
    told, cleaned = (trace.get(block[0].path) for block in (flow.on_failure, flow.finally_))
    assert cleaned.state != NOT_RUN
    undone = [i for i in trace.instances if i.role == UNDO]
    assert all(trace.get(i.path, *i.indexes).state == SUCCEEDED for i in undone)
    assert trace.state == FAILED or (told.state == NOT_RUN and ("try" in drawn[0] or not undone))
    body = [i.end or 0 for i in trace.instances if i.path != cleaned.path]
    assert cleaned.start is None or cleaned.start > max(body, default=0)


LOOP = """flow f { for n in [1, 2, 3, 4] max 2 { task t = shell("x") } }"""


def test_refuses_a_crowded_loop() -> None:
    whole, flow = resolved(LOOP)
    trace = interpret(whole, flow, World(), {})
    assert permits(whole, flow, World(), trace, {}) == []
    at_once = replace(trace, instances=tuple(replace(i, start=1 + n, end=9) for n, i in enumerate(trace.instances)))
    assert permits(whole, flow, World(), at_once, {}) == ["4 tasks of for_n ran at once, 2 may"]


def test_a_narrow_loop_serialises_a_wide_body() -> None:
    text = """flow f { for n in [1, 2] max 1 { parallel { task a = shell("x") task b = shell("x") } } }"""
    whole, flow = resolved(text)
    assert permits(whole, flow, World(), interpret(whole, flow, World(), {}), {}) == []


def test_what_an_engine_cannot_tell_is_not_judged() -> None:
    whole, flow = resolved("""flow f { task a = shell("x") task b = shell("x") }""")
    trace = interpret(whole, flow, World(), {})
    blind = tuple(replace(i, start=None, end=None, attempts=None, output=None) for i in trace.instances)
    assert permits(whole, flow, World(), replace(trace, instances=blind, outputs=None), {}) == []


def test_refuses_other_values() -> None:
    text = """flow f { task a = shell("x") -> { n: int } output n: int = a.n }"""
    whole, flow = resolved(text)
    world = World({("task", "a"): Behaviour(returns={"n": 2})})
    trace = interpret(whole, flow, world, {})
    assert permits(whole, flow, world, replace(trace, outputs={"n": 2.0}), {}) == []
    assert permits(whole, flow, world, replace(trace, outputs={"n": 3}), {})
    assert permits(whole, flow, world, changed(trace, ("a", (), "task"), output={"n": 3}), {})


@pytest.mark.parametrize("state", [SUCCEEDED, FAILED, NOT_RUN])
def test_a_branch_cut_by_fail_fast_may_end_either_way(state: str) -> None:
    text = """flow f { parallel fail_fast { task l = shell("x") task r = shell("x") } task j = shell("x") }"""
    whole, flow = resolved(text)
    world = World({("task", "l"): Behaviour(fails=None), ("task", "r"): Behaviour(takes=9000)})
    trace = interpret(whole, flow, world, {})
    assert permits(whole, flow, world, changed(trace, ("r", (), "task"), state=state), {}) == []
    assert permits(whole, flow, world, changed(trace, ("j", (), "task"), state=SUCCEEDED), {})
