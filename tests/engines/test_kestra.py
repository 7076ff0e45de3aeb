"""Proves the Kestra fixtures: hand-written flows whose traces Kestra is known to give, on both versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines.engine import Answer, RunFailed, TimedOut
from engines.kestra.engine import Kestra

BOTH = pytest.mark.parametrize("engine", ["kestra_1_3", "kestra_2_0"], indirect=True)
SHELL = "type: io.kestra.plugin.scripts.shell.Commands, taskRunner: {type: io.kestra.plugin.core.runner.Process}"
RETURN = "type: io.kestra.plugin.core.debug.Return"


def flow(tasks: str, *, name: str = "probe", more: str = "") -> dict[str, str]:
    """One flow file."""
    return {f"{name}.yaml": f"id: {name}\nnamespace: company.team\n{more}tasks:\n{tasks}"}


@BOTH
def test_sequence_hands_a_value_on(engine: Kestra) -> None:
    files = flow(
        f"""
  - {{id: a, {SHELL}, commands: ['echo "::{{\\"outputs\\":{{\\"n\\":7}}}}::"']}}
  - {{id: b, {RETURN}, format: "{{{{ outputs.a.vars.n + 1 }}}}"}}
"""
    )
    assert engine.validate(files) == []
    run = engine.run(files, "probe", {})
    assert run.state == "SUCCESS"
    assert run.states() == {"a": ["SUCCESS"], "b": ["SUCCESS"]}
    assert run.one("b").outputs["value"] == "8"
    assert run.before("a", "b")


def test_the_first_run_of_a_fresh_engine_is_seen(kestra_2_0: Kestra) -> None:
    kestra_2_0.close()
    run = kestra_2_0.run(flow(f"  - {{id: a, {RETURN}, format: a}}\n"), "probe", {})
    assert (run.state, run.states()) == ("SUCCESS", {"a": ["SUCCESS"]})


@BOTH
def test_failure_ends_the_list_and_the_handler_runs(engine: Kestra) -> None:
    files = flow(
        f"""
  - {{id: a, {SHELL}, commands: ["exit 3"]}}
  - {{id: b, {RETURN}, format: b}}
errors:
  - {{id: h, {RETURN}, format: h}}
"""
    )
    run = engine.run(files, "probe", {})
    assert run.state == "FAILED"
    assert run.states() == {"a": ["FAILED"], "h": ["SUCCESS"]}


@BOTH
def test_retry_counts_attempts(engine: Kestra, tmp_path: Path) -> None:
    counter = tmp_path / "n"
    command = f"echo x >> {counter}; test $(wc -l < {counter}) -ge 3"
    files = flow(
        f"""
  - {{id: b, {SHELL}, commands: [{json.dumps(command)}], retry: {{type: constant, interval: PT1S, maxAttempts: 4}}}}
"""
    )
    run = engine.run(files, "probe", {})
    assert (run.state, run.one("b").attempts, counter.read_text()) == ("SUCCESS", 3, "x\nx\nx\n")


@BOTH
def test_bad_files_are_refused(engine: Kestra) -> None:
    assert engine.validate(flow("  - {id: a, type: no.such.Type}\n")) == [
        "probe.yaml: Validation error: Invalid type: no.such.Type"
    ]
    duplicate = flow(f"  - {{id: a, {RETURN}}}\n  - {{id: a, {RETURN}}}\n")
    assert "Duplicate task id" in engine.validate(duplicate)[0]
    with pytest.raises(RunFailed):
        engine.run(duplicate, "probe", {})


@BOTH
@pytest.mark.parametrize(
    "value", ["$(touch pwned) '\"`;", "{{ 7*7 }} {% raw %}", "a\r\nb\tc\n\n", "hé \U0001f600", "", "x{{ 7*7 }}" * 5000]
)
def test_hostile_input_passes_byte_for_byte(engine: Kestra, tmp_path: Path, value: str) -> None:
    files = flow(
        f"""
  - {{id: a, {SHELL}, inputFiles: {{v: "={{{{ inputs.v }}}}"}}, commands: ["cp v {tmp_path}/seen"]}}
""",
        more="inputs: [{id: v, type: STRING, required: false}]\n",
    )
    assert engine.run(files, "probe", {"v": value}).state == "SUCCESS"
    assert (tmp_path / "seen").read_bytes() == f"={value}".encode()


@BOTH
def test_secrets_and_environment_are_those_of_the_run(engine: Kestra) -> None:
    files = flow(
        f"""
  - {{id: a, {RETURN}, format: "{{{{ secret('TOK') }}}}"}}
  - {{id: b, {SHELL}, commands: ['echo "::{{\\"outputs\\":{{\\"v\\":\\"$GREETING\\"}}}}::"']}}
"""
    )
    run = engine.run(files, "probe", {}, secrets={"TOK": "s3cr3t"}, env={"GREETING": "hello"})
    assert (run.one("a").outputs["value"], run.one("b").outputs["vars"]["v"]) == ("s3cr3t", "hello")
    assert "s3cr3t" not in run.log
    assert engine.run(files, "probe", {}).state == "FAILED"


@BOTH
def test_iterations_and_children_are_part_of_the_run(engine: Kestra) -> None:
    loop = "ForEach" if engine.version.startswith("1") else "Loop"
    parent = flow(
        f"""
  - id: each
    type: io.kestra.plugin.core.flow.{loop}
    values: [x, y]
    tasks:
      - {{id: t, {RETURN}, format: t}}
      - {{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: child, wait: true}}
"""
    )
    files = {**parent, **flow(f"  - {{id: work, {RETURN}, format: w}}\n", name="child")}
    assert engine.validate(files) == []
    run = engine.run(files, "probe", {})
    assert run.state == "SUCCESS"
    assert [task.index for task in run.all("t")] == [(0,), (1,)]
    assert [task.index for task in run.all("work")] == [(0,), (1,)]
    assert {execution.state for execution in run.executions} == {"SUCCESS"}


PAUSE = f"""
  - id: go
    type: io.kestra.plugin.core.flow.Pause
    pauseDuration: PT3S
    behavior: FAIL
    onResume: [{{id: approved, type: BOOL}}]
  - {{id: z, {RETURN}, format: "{{{{ outputs.go.onResume.approved }}}}"}}
"""


@BOTH
def test_approval_is_answered_or_left_to_its_timeout(engine: Kestra) -> None:
    asked: list[str] = []

    def approve(task: str) -> Answer:
        asked.append(task)
        return Answer(True)

    run = engine.run(flow(PAUSE), "probe", {}, decide=approve)
    assert (run.state, run.one("z").outputs["value"], asked) == ("SUCCESS", "true", ["go"])
    silent = engine.run(flow(PAUSE), "probe", {}, decide=lambda _: None)
    assert silent.states() == {"go": ["FAILED"]}


@BOTH
def test_a_run_that_does_not_end_is_cut(engine: Kestra) -> None:
    with pytest.raises(TimedOut) as cut:
        engine.run(flow(f"  - {{id: a, {SHELL}, commands: ['sleep 3019']}}\n"), "probe", {}, timeout=3)
    assert cut.value.run is not None
    assert cut.value.run.one("a").state == "RUNNING"


@BOTH
def test_restart_keeps_the_execution(engine: Kestra, tmp_path: Path) -> None:
    files = flow(f"  - {{id: a, {SHELL}, commands: ['test -e {tmp_path}/ok']}}\n")
    failed = engine.run(files, "probe", {})
    (tmp_path / "ok").touch()
    again = engine.again(failed, "restart")
    assert (failed.state, again.state) == ("FAILED", "SUCCESS")
    assert again.executions[0].id == failed.executions[0].id
