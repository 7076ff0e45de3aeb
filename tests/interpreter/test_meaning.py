"""Points of the meaning that no conformance case shows, each in a flow of its own."""

from __future__ import annotations

from typing import Any

import pytest

from wfc.interpret import interpret, run
from wfc.pipeline import has_errors, load_texts
from wfc.trace import APPROVE, FAIL, FAILED, FALLBACK, NOT_RUN, REQUIRE, SKIPPED, STOP, SUCCEEDED, UNDO, Trace
from wfc.world import Attempt, Behaviour, Decision, World

BAD = Behaviour(fails=None)
X = 'shell("x")'


def play(body: str, behaviours: dict[Any, Behaviour] | None = None, **inputs: Any) -> Trace:
    """The trace of the first flow of a text in which `flow f { … }` may be left out."""
    text = body if body.lstrip().startswith("flow") else f"flow f {{ {body} }}"
    loaded = load_texts([("f.wf", text)])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    flow = loaded.project.flow("f")
    assert flow is not None
    return interpret(loaded.project, flow, World(behaviours or {}), inputs)


def ran(trace: Trace) -> list[str]:
    """What ran, in the order of the starts."""
    return [str(instance) for instance in trace.instances if instance.start is not None]


def test_an_undo_reads_what_its_task_gave_when_it_succeeded() -> None:
    seen: list[Any] = []

    def note(attempt: Attempt) -> None:
        seen.append(attempt.args)

    play(
        f'task a = {X} -> {{ id: int }} undo shell("x", env: {{ ID: a.id }}) task b = {X}',
        {("task", "a"): Behaviour(returns={"id": 7}), ("undo", "a"): Behaviour(returns=note), ("task", "b"): BAD},
    )
    assert seen == [{"ID": 7}]


@pytest.mark.parametrize(("clause", "wanted"), [("undo", []), ("undo also on timeout", ["undo a"])])
def test_after_a_timeout_undo_runs_only_when_asked(clause: str, wanted: list[str]) -> None:
    trace = play(f"task a = {X} timeout 1s {clause} {X}", {("task", "a"): Behaviour(takes=2000)})
    assert ran(trace) == ["a", *wanted]


def test_what_a_try_has_done_well_stays_done() -> None:
    trace = play(f"try {{ task a = {X} undo {X} }} recover {{ task r = {X} }} task b = {X}", {("task", "b"): BAD})
    assert ran(trace) == ["a", "b"]


def test_an_undo_in_a_try_runs_once() -> None:
    text = f"try {{ task a = {X} undo {X} task c = {X} }} recover {{ task r = {X} }} task b = {X}"
    assert ran(play(text, {("task", "c"): BAD, ("task", "b"): BAD})) == ["a", "c", "undo a", "r", "b"]


def test_a_failed_recover_fails_the_flow() -> None:
    trace = play(f"try {{ task a = {X} }} recover {{ task r = {X} }} task b = {X}", {("task", n): BAD for n in "ar"})
    assert (trace.state, trace.failed_task, trace.get("b").state) == (FAILED, "r", NOT_RUN)


def test_nothing_is_undone_for_what_a_fallback_did() -> None:
    trace = play(f"task a = {X} undo {X} fallback {X} task b = {X}", {("task", "a"): BAD, ("task", "b"): BAD})
    assert ran(trace) == ["a", "fallback a", "b"]


def test_a_timeout_is_worth_a_retry_and_counts() -> None:
    trace = play(f"task a = {X} timeout 1s retry fixed(attempts: 3, every: 1s)", {("task", "a"): Behaviour(takes=1500)})
    assert trace.get("a").attempts == 3
    assert trace.get("a").message == "timed out after 1s"


@pytest.mark.parametrize(("status", "attempts"), [(404, 1), (302, 1), (408, 3), (425, 3), (429, 3), (500, 3), (503, 3)])
def test_which_answers_are_worth_a_retry(status: int, attempts: int) -> None:
    text = 'task a = http.get(url: "https://x.example") retry fixed(attempts: 3, every: 1s)'
    trace = play(text, {("task", "a"): Behaviour(fails=None, status=status)})
    assert (trace.get("a").attempts, trace.get("a").message) == (attempts, f"status {status}")


@pytest.mark.parametrize(
    ("call", "bad", "attempts"),
    [
        ('http.get(url: "https://x.example") -> { n: int }', {"status": 200, "headers": {}, "body": {"n": "x"}}, 1),
        ('sql.query(url: "postgres://x", sql: """select 1 as n""") -> list<{ n: int }>', [{"n": "x"}], 1),
        ('llm.extract(prompt: "x", url: "https://x.example", model: "m", key: "k") -> { n: int }', {"n": "x"}, 3),
        ('shell("x") -> { n: int }', {"n": "x"}, 3),
    ],
)
def test_a_result_that_does_not_fit(call: str, bad: Any, attempts: int) -> None:
    text = f"task a = {call} retry fixed(attempts: 3, every: 1s) effect safe"
    trace = play(text, {("task", "a"): Behaviour(returns=bad)})
    assert trace.get("a").state == FAILED
    assert trace.get("a").attempts == attempts
    assert trace.get("a").message.endswith('n does not fit: "x"')


@pytest.mark.parametrize("value", ["two\nlines", "é", ""])
def test_a_header_that_cannot_be_sent_fails_before_the_call(value: str) -> None:
    text = 'input v: string task a = http.get(url: "https://x.example", headers: { "X-V": v })'
    trace = play(text, v=value)
    assert (trace.get("a").state, trace.get("a").attempts) == (FAILED, 0)


def test_the_same_key_in_every_attempt_and_another_for_each_item() -> None:
    keys: list[Any] = []

    def note(attempt: Attempt) -> Any:
        keys.append(attempt.args["headers"])
        return {"status": 200, "headers": {}, "body": {}}

    call = 'http.post(url: "https://x.example") retry fixed(attempts: 2, every: 1s) idempotent'
    play(f"for n in [1, 2] {{ task a = {call} }}", {("task", "a"): Behaviour(returns=note)})
    assert keys == [{"Idempotency-Key": "run-1-a-0"}, {"Idempotency-Key": "run-1-a-1"}]


def test_until_fails_with_its_call_and_keeps_its_last_value() -> None:
    text = f'task a = {X} -> {{ n: int }} until a.n >= 2 every 1s within 1m task z = shell("x", env: {{ N: a.n }})'
    trace = play(text, {("task", "a"): Behaviour(returns=lambda attempt: {"n": attempt.number})})
    assert (trace.get("a").attempts, trace.get("a").output) == (2, {"n": 2})
    assert play(text, {("task", "a"): BAD}).get("a").attempts == 1


def test_holds_to_the_end() -> None:
    text = f"task a = {X} -> {{ n: int }} holds a.n < 5 every 1s for 3s task z = {X}"
    trace = play(text, {("task", "a"): Behaviour(returns={"n": 1}, takes=0)})
    assert (trace.get("a").attempts, trace.get("z").state) == (4, SUCCEEDED)


def test_require_stop_and_fail() -> None:
    trace = play(f'input n: int require n > 0 else "n is {{n}}" task a = {X}', n=0)
    assert trace.get("require_n", role=REQUIRE).message == "n is 0"
    assert (trace.state, trace.get("a").state) == (FAILED, NOT_RUN)
    trace = play(f'if true {{ fail "by hand" }} task a = {X}')
    assert [(i.role, i.message) for i in trace.instances if i.role == FAIL] == [("fail", "by hand")]
    trace = play(f'if true {{ stop "done" }} task a = {X} output n: int = 1')
    assert (trace.state, trace.outputs) == (SUCCEEDED, {"n": 1})
    assert any(i.role == STOP for i in trace.instances)


@pytest.mark.parametrize(
    ("decision", "fallback", "state", "value"),
    [
        (Decision(True, {"note": "go"}), "", SUCCEEDED, "go"),
        (Decision(False), "", FAILED, None),
        (Decision(answered=False), "", FAILED, None),
        (Decision(False), 'fallback value { note: "anyway" }', SUCCEEDED, "anyway"),
    ],
)
def test_approval(decision: Decision, fallback: str, state: str, value: Any) -> None:
    text = f'approve go = "Go?" -> {{ note: string }} timeout 1h {fallback} output note: string = go.note'
    trace = play(text, {("task", "go"): Behaviour(decision=decision)})
    assert trace.state == state
    assert trace.outputs == (None if value is None else {"note": value})
    assert trace.get("go", role=APPROVE).state == (SUCCEEDED if decision.approved and decision.answered else FAILED)


@pytest.mark.parametrize("limit", ["", " timeout 3h"])
def test_the_time_of_the_flow_bounds_an_approval(limit: str) -> None:
    text = f'budget {{ time 1h }} task a = {X} undo {X} try {{ approve go = "Go?"{limit} }} recover {{ task r = {X} }}'
    trace = play(
        text + f" on failure {{ task h = {X} }}", {("task", "go"): Behaviour(decision=Decision(answered=False))}
    )
    assert (trace.state, trace.failed_task) == (FAILED, "go")
    assert trace.get("go", role=APPROVE).message == "the flow's time of 1h is over"
    assert ran(trace) == ["a", "go", "undo a", "h"]


@pytest.mark.parametrize("part", ['"Is it {1 // n}?"', '"Go?" when 1 // n > 0'])
def test_a_question_without_a_value_fails_the_approval(part: str) -> None:
    trace = play(f"input n: int approve go = {part} timeout 1h", n=0)
    found = trace.get("go", role=APPROVE)
    assert (trace.state, trace.failed_task, found.state, found.attempts) == (FAILED, "go", FAILED, 0)


def test_a_condition_that_fails_is_caught_by_try() -> None:
    text = f"input n: int try {{ if 1 // n > 0 {{ task a = {X} }} }} recover {{ task r = {X} }} task b = {X}"
    assert ran(play(text, n=0)) == ["r", "b"]


def test_an_expression_of_a_guard_that_fails_goes_to_the_fallback() -> None:
    trace = play(f"input n: int task a = {X} when 1 // n > 0 fallback {X} task b = {X}", n=0)
    assert ran(trace) == ["a", "fallback a", "b"]
    assert trace.get("a").attempts == 0
    assert trace.get("a", role=FALLBACK).state == SUCCEEDED


def test_a_guard_in_parallel_does_not_hold_up_others() -> None:
    trace = play(f"parallel {{ task a = {X} when false task b = {X} after a }}")
    assert (trace.get("a").state, trace.get("b").state) == (SKIPPED, SUCCEEDED)


def test_what_depends_on_a_failed_branch_is_not_run_and_the_rest_is() -> None:
    trace = play(f"parallel {{ task a = {X} task b = {X} after a task c = {X} }}", {("task", "a"): BAD})
    assert [trace.get(name).state for name in "abc"] == [FAILED, NOT_RUN, SUCCEEDED]


def test_handlers_see_the_first_failure_and_do_not_change_the_end() -> None:
    text = f"parallel {{ task a = {X} task b = {X} }} on failure {{ task h = {X} }} finally {{ task f = {X} }}"
    slow = Behaviour(fails=None, takes=5000)
    trace = play(text, {("task", "a"): slow, ("task", "b"): BAD, ("task", "h"): BAD, ("task", "f"): BAD})
    assert (trace.state, trace.failed_task) == (FAILED, "b")
    assert ran(trace)[-2:] == ["h", "f"]


def test_time_is_over_in_spite_of_try_and_fallback_and_everything_is_undone() -> None:
    text = f"""
    budget {{ time 5s }}
    task a = {X} undo {X}
    try {{ task b = {X} fallback {X} }} recover {{ task r = {X} }}
    task c = {X}
    finally {{ task f = {X} }}
    """
    trace = play(text, {("task", "b"): Behaviour(takes=60_000)})
    assert ran(trace) == ["a", "b", "undo a", "f"]
    assert trace.get("b").message == "the flow's time of 5s is over"


def test_undo_of_a_concurrent_loop_goes_back_through_all_items() -> None:
    text = f"for n in [1, 2, 3] max 3 {{ task a = {X} undo {X} task b = {X} undo {X} }}"
    trace = play(text, {("task", "b", (1,)): BAD})
    undone = [str(i) for i in trace.instances if i.role == UNDO]
    assert undone == ["undo n/b[2]", "undo n/a[2]", "undo n/a[1]", "undo n/b[0]", "undo n/a[0]"]


def test_an_item_that_has_not_run_is_missing_in_the_list() -> None:
    text = f"""
    for n in [1, 2, 3] {{ task a = {X} -> {{ n: int }} when n != 2 }}
    output ns: list<int> = [one.n ?? 0 for one in a]
    """
    world = {("task", "a"): Behaviour(returns=lambda attempt: {"n": attempt.indexes[0] + 1})}
    assert play(text, world).outputs == {"ns": [1, 0, 3]}


def test_a_sleep_takes_its_time() -> None:
    loaded = load_texts([("f.wf", "flow f { task a = sleep(duration: 90s) }")])
    assert run(loaded.project, loaded.project.flows[0], World(), {})[2] == 90_000


def test_inputs_have_their_defaults() -> None:
    assert play("input d: date = run.date - 1d output d: date = d").outputs == {"d": "2026-02-28"}


def test_a_default_that_has_no_value_fails_the_run_before_anything_runs() -> None:
    trace = play(f"input n: int input half: int = 1 // n task a = {X} finally {{ task f = {X} }}", n=0)
    assert (trace.state, trace.failed_task, ran(trace)) == (FAILED, "half", ["f"])
