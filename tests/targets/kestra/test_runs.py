"""Flows that went wrong once, compiled and run on the real engine; what must have run is said by hand."""

from __future__ import annotations

import pytest

from engines.engine import EngineRun
from engines.kestra.engine import Kestra
from targets.kestra.flows import compiled

BOTH = pytest.mark.parametrize("engine", ["kestra_2_0", "kestra_1_3"], indirect=True)


def ran(engine: Kestra, body: str, **inputs: object) -> EngineRun:
    """The run of a flow with this body."""
    version = "2.0" if engine.version.startswith("2") else "1.3"
    result = compiled(f"flow f {{ {body} }}", version, runner="process")
    files = {artifact.path: artifact.text for artifact in result.artifacts}
    assert engine.validate(files) == []
    return engine.run(files, "f", inputs, timeout=120)


def succeeded(run: EngineRun) -> set[str]:
    """The ids of the tasks that ended as SUCCESS."""
    return {task.id for task in run.tasks if task.state == "SUCCESS"}


ATTEMPT = 'try { task bk = shell("true") undo shell("true") } recover { task note = shell("true") undo shell("true") }'
IN_LOOP = 'for x in [1, 2] { try { task bk = shell("true") undo shell("true") } recover { task note = shell("true") } }'


@BOTH
@pytest.mark.parametrize("attempt", [ATTEMPT, IN_LOOP], ids=["plain", "loop"])
def test_a_try_that_ended_well_stays_done(engine: Kestra, attempt: str) -> None:
    run = ran(engine, f'{attempt} task z = shell("exit 1")')
    assert run.state == "FAILED"
    assert "bk" in succeeded(run)
    assert not {"bk_undo", "note_undo", "note"} & succeeded(run)


@BOTH
def test_a_try_that_failed_is_undone_once_and_what_recovered_after_it(engine: Kestra) -> None:
    failing = ATTEMPT.replace(" } recover", ' task y = shell("exit 1") } recover')
    run = ran(engine, f'{failing} task z = shell("exit 1")')
    assert run.state == "FAILED"
    assert {"bk_undo", "note", "note_undo"} <= succeeded(run)
    assert [task.id for task in run.tasks].count("bk_undo") == 1
    assert run.before("bk_undo", "note")
    assert run.before("z", "note_undo")


DIVIDED = 'input n: int task x = shell("true", env: { V: 10 // n }) '


@BOTH
@pytest.mark.parametrize(
    ("body", "other"),
    [
        (DIVIDED + 'fallback shell("echo $V", env: { V: n // 2 }) task y = shell("true")', "x_fallback"),
        (DIVIDED + 'when 7 // n > 0 fallback shell("true") task y = shell("true")', "x_fallback"),
        (DIVIDED.replace("task", "try { task") + '} recover { task r = shell("r=1") } task y = shell("true")', "r"),
    ],
    ids=["fallback", "guard", "try"],
)
def test_an_expression_that_fails_is_a_failure_of_its_task(engine: Kestra, body: str, other: str) -> None:
    run = ran(engine, body, n=0)
    assert run.state == "SUCCESS"
    assert {other, "y"} <= succeeded(run)
    assert "x" not in {task.id for task in run.tasks}
    run = ran(engine, body, n=2)
    assert run.state == "SUCCESS"
    assert {"x", "y"} <= succeeded(run)
    assert other not in {task.id for task in run.tasks}


@BOTH
def test_a_recovery_in_a_body_with_a_budget_reads_its_own_failure(engine: Kestra) -> None:
    recovery = 'recover { task r = shell("test \\"$T\\" = a", env: { T: failure.task, M: failure.message }) }'
    body = f'budget {{ time 1h }} try {{ task a = shell("exit 1") }} {recovery} finally {{ task z = shell("true") }}'
    run = ran(engine, body)
    assert run.state == "SUCCESS"
    assert {"r", "z"} <= succeeded(run)


@BOTH
def test_the_message_of_a_failure_is_that_of_the_task_and_no_other(engine: Kestra) -> None:
    body = """
      parallel { task a = shell("echo of-a >&2; exit 1") task ab = shell("sleep 2; echo of-ab >&2; exit 1") }
      on failure { task h = shell("echo \\"$T $M\\"; test $T = a; case $M in *of-ab*) exit 1; esac",
        env: { T: failure.task, M: failure.message }) }
    """
    run = ran(engine, body)
    assert run.one("h").state == "SUCCESS", run.one("h").messages


@BOTH
def test_a_failed_computation_is_a_failure_of_its_task_to_handlers(engine: Kestra) -> None:
    handler = 'on failure { task h = shell("test $T = x", env: { T: failure.task, M: failure.message }) }'
    run = ran(engine, DIVIDED + handler, n=0)
    assert run.one("h").state == "SUCCESS", run.one("h").messages


@BOTH
def test_a_text_of_several_lines_in_a_python_body_stays_as_it_is(engine: Kestra) -> None:
    lines = ["text = '''one", "  two", "three'''", "return {'n': len(text)}"]
    body = 'task p = python("""\n' + "\n".join(lines) + '\n""") -> { n: int }'
    run = ran(engine, body + " output n: int = p.n")
    assert run.state == "SUCCESS"
    assert run.executions[0].outputs == {"n": len("one\n  two\nthree")}


@BOTH
def test_an_item_is_undone_whole_before_the_one_in_front_of_it(engine: Kestra) -> None:
    inner = 'for y in ["a", "b"] { task t = shell("[ $X$Y != 2b ]", env: { X: x, Y: y }) undo shell("true") }'
    run = ran(engine, f'for x in [1, 2] {{ task o = shell("true") undo shell("true") {inner} }}')
    undone = [
        (task.id, task.index) for task in run.tasks if task.id in ("o_undo", "t_undo") and task.state == "SUCCESS"
    ]
    # the loops of undos count from the last iteration that was begun
    assert [name for name, _ in undone] == ["t_undo", "o_undo", "t_undo", "t_undo", "o_undo"]


@BOTH
def test_an_undo_in_a_recovery_reads_what_was_recovered_from(engine: Kestra) -> None:
    undo = 'undo shell("test $T = a", env: { T: failure.task })'
    run = ran(
        engine,
        f'try {{ task a = shell("exit 1") }} recover {{ task r = shell("true") {undo} }} task z = shell("exit 1")',
    )
    assert run.one("r_undo").state == "SUCCESS", run.one("r_undo").messages


@BOTH
def test_handlers_stop_at_the_first_that_fails_and_end_before_finally(engine: Kestra) -> None:
    failing = 'task h = shell("sleep 0.5; exit 1") retry fixed(attempts: 3, every: 1s)'
    handlers = f'on failure {{ {failing} task not_reached = shell("true") }} finally {{ task z = shell("true") }}'
    run = ran(engine, f'task a = shell("exit 1") {handlers}')
    assert run.one("h").attempts == 3
    assert run.before("h", "z")
    assert not run.all("not_reached")
    run = ran(engine, f'task a = shell("exit 1") on failure {{ {failing} }} finally {{ task z = shell("true") }}')
    assert run.one("h").attempts == 3
    assert run.before("h", "z")


@BOTH
def test_a_retried_task_in_a_branch_runs_once(engine: Kestra) -> None:
    retried = 'task b = shell("exit 1", env: { V: 10 // 2 }) retry fixed(attempts: 3, every: 1s)'
    run = ran(engine, f'parallel {{ task a = shell("true", env: {{ V: 9 // 2 }}) {retried} }}')
    assert [(task.state, task.attempts) for task in run.all("b")] == [("FAILED", 3)]


@BOTH
def test_an_item_of_a_list_that_is_written_out(engine: Kestra) -> None:
    run = ran(engine, 'input n: int for x in [n, n + 1] { task t = shell("test $X -ge 4", env: { X: x }) }', n=4)
    assert run.state == "SUCCESS", run.summary()


@BOTH
def test_a_task_of_a_workspace_is_tried_again(engine: Kestra) -> None:
    shell = 'shell("echo x >> count; echo n=$(wc -l < count) >> $WFC_OUTPUT; [ $(wc -l < count) -ge 3 ]")'
    python = (
        """python("open('two', 'a').write('y'); text = open('two').read(); assert len(text) > 1; return len(text)")"""
    )
    retry = 'effect safe "no" retry fixed(attempts: 3, every: 1s)'
    tasks = f"task a = {shell} -> {{ n: int }} {retry} task b = {python} -> int {retry}"
    run = ran(engine, f"workspace w {{ {tasks} }} output seen: int = a.n * 10 + b")
    assert run.state == "SUCCESS", run.summary()
    assert run.executions[0].outputs == {"seen": 32}
    failing = f'workspace w {{ task a = shell("exit 1") {retry} task b = shell("true") }}'
    run = ran(engine, failing)
    assert run.state == "FAILED"
    assert not run.all("b")
    assert len([message for message in run.one("a").messages if message.startswith("attempt ")]) == 3


@BOTH
def test_a_stopped_run_computes_no_outputs(engine: Kestra) -> None:
    body = (
        'if flag { stop "enough" } task t = shell("echo n=3 >> $WFC_OUTPUT") -> { n: int } output half: int = t.n // 2'
    )
    assert ran(engine, f"input flag: bool {body}", flag=True).state == "SUCCESS"
    assert ran(engine, f"input flag: bool {body}", flag=False).executions[0].outputs == {"half": 1}
