"""What the emitted tasks do on the real Airflow, beyond the conformance cases."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from engines.airflow.engine import Airflow
from engines.airflow.scheduler import Scheduler
from engines.engine import EngineRun
from engines.world import Reply, World
from wfc.permits import permits
from wfc.pipeline import has_errors, load_texts
from wfc.trace import Trace
from wfc.world import Behaviour
from wfc.world import World as Scripted
from wfc_targets.airflow import TARGET
from wfc_targets.airflow.states import reference_states


def ran(engine: Airflow, body: str, inputs: dict[str, Any] | None = None, **more: Any) -> tuple[EngineRun, Trace]:
    """A flow of this body, valid and run."""
    loaded = load_texts([("f.wf", "flow f {\n" + body + "\n}")])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    compiled = TARGET.compile(loaded.project, loaded.project.flows[0], "3.3")
    assert compiled.artifacts, compiled.diagnostics
    files = {item.path: item.text for item in compiled.artifacts}
    assert engine.validate(files) == [], files["f.py"]
    run = engine.run(files, "f", inputs or {}, timeout=120, **more)
    return run, reference_states(compiled.manifest, run.state, run.tasks)


def states(trace: Trace) -> dict[str, str]:
    """State by name of every instance that there is."""
    return {str(instance): instance.state for instance in trace.instances}


# --- shell ---


def test_outputs_of_every_form(airflow: Airflow) -> None:
    run, trace = ran(
        airflow,
        '''
        task a = shell("""
          echo 'text=a=b' >> "$WFC_OUTPUT"
          echo 'flag=true' >> "$WFC_OUTPUT"
          echo 'ratio=2' >> "$WFC_OUTPUT"
          printf 'lines<<END\\none\\ntwo\\nEND\\n' >> "$WFC_OUTPUT"
          echo 'rows=[{"id": 1}]' >> "$WFC_OUTPUT"
        """) -> { text: string, flag: bool, ratio: float, lines: string, rows: list<{ id: int }>, none: string? }
        output all: string = json(a)
        ''',
    )
    assert run.state == "success", run.log
    assert json.loads(str((trace.outputs or {})["all"])) == {
        "text": "a=b", "flag": True, "ratio": 2.0, "lines": "one\ntwo", "rows": [{"id": 1}],
    }  # fmt: skip


def test_exit_99_and_a_missing_output_are_failures(airflow: Airflow) -> None:
    _, trace = ran(airflow, 'parallel { task a = shell("exit 99") task b = shell("true") -> { n: int } }')
    assert states(trace) == {"a": "failed", "b": "failed"}


def test_words_that_airflow_would_read_as_files_or_templates(airflow: Airflow) -> None:
    run, trace = ran(
        airflow,
        """
        task a = shell("echo \\"v=$A $B {{{{ 7*7 }}}}\\" >> \\"$WFC_OUTPUT\\"", env: {
          A: "deploy.sh", B: "{{{{ 7*7 }}}}"
        }) -> { v: string }
        output v: string = a.v
        """,
    )
    assert run.state == "success", run.log
    assert trace.outputs == {"v": "deploy.sh {{ 7*7 }} {{ 7*7 }}"}


@pytest.mark.parametrize(
    ("text", "state"),
    [("1.5e3", "succeeded"), ("-2", "succeeded"), ("nan", "failed"), ("1_0", "failed"), ("1e999", "failed")],
)
def test_what_counts_as_a_float(airflow: Airflow, text: str, state: str) -> None:
    _, trace = ran(airflow, f'task a = shell("echo v={text} >> $WFC_OUTPUT") -> {{ v: float }}')
    assert states(trace) == {"a": state}


def test_no_look_lies_beyond_the_time_for_which_something_must_hold(airflow: Airflow, tmp_path: Path) -> None:
    file = tmp_path / "looks"
    script = f"echo >> {file}; echo n=1 >> $WFC_OUTPUT"
    _, trace = ran(airflow, f'task a = shell("{script}") -> {{ n: int }} holds a.n == 1 every 2s for 3s')
    assert states(trace) == {"a": "succeeded"}
    assert len(file.read_text().splitlines()) == 2


# --- http ---


def test_a_request_with_everything(airflow: Airflow, world: World) -> None:
    url = world.script("/x", Reply(200, {"n": 1}, headers={"X-Seen": "yes"}))
    run, trace = ran(
        airflow,
        """
        input url: string
        secret token
        task a = http.post(url: url, query: { q: "a b&c", n: 3 }, headers: { "X-A": "v" }, form: { f: "é=1" },
          auth: basic("me", token)) -> { n: int }
        task b = http.get(url: url, auth: bearer(token)) -> { n: int }
        output seen: string = "{a.body.n} {a.status} {b.status}"
        """,
        {"url": url},
        secrets={"token": "s3cr3t"},
    )
    assert run.state == "success", run.log
    first, second = world.requests("/x")
    assert first.query == (("q", "a b&c"), ("n", "3"))
    assert first.body == b"f=%C3%A9%3D1"
    assert first.headers["authorization"] == "Basic bWU6czNjcjN0"
    assert first.headers["x-a"] == "v"
    assert second.headers["authorization"] == "Bearer s3cr3t"
    assert trace.outputs == {"seen": "1 200 200"}


def test_a_redirect_and_a_bad_header_are_final(airflow: Airflow, world: World) -> None:
    moved = world.script("/moved", Reply(302, headers={"Location": world.url + "/there"}))
    body = """
        input url: string
        input v: string
        task a = http.get(url: url, headers: { "X-V": v }) retry fixed(attempts: 3, every: 1s)
    """
    _, trace = ran(airflow, body, {"url": moved, "v": "x"})
    assert (states(trace), trace.get("a").attempts, world.count("/moved")) == ({"a": "failed"}, 1, 1)
    _, trace = ran(airflow, body, {"url": moved, "v": "a\r\nX-B: 1"})
    assert (states(trace), trace.get("a").attempts, world.count("/moved")) == ({"a": "failed"}, 1, 1)


def test_a_reset_and_a_slow_answer_are_tried_again(airflow: Airflow, world: World) -> None:
    url = world.script("/flaky", Reply(reset=True), Reply(200, {}, delay=4), Reply(200, {}))
    _, trace = ran(
        airflow,
        "input url: string task a = http.get(url: url) timeout 2s retry fixed(attempts: 3, every: 1s)",
        {"url": url},
    )
    assert (trace.get("a").state, trace.get("a").attempts, world.count("/flaky")) == ("succeeded", 3, 3)


def test_a_body_as_a_file_goes_up_again(airflow: Airflow, world: World) -> None:
    content = bytes(range(256)) * 400
    url = world.script("/down", Reply(200, content))
    world.script("/up", Reply(200))
    run, _ = ran(
        airflow,
        """
        input url: string
        task a = http.get(url: "{url}/down") -> file
        task b = http.post(url: "{url}/up", body: a.body)
        """,
        {"url": url.removesuffix("/down")},
    )
    assert run.state == "success", run.log
    assert world.requests("/up")[0].body == content


# --- failures together ---


def test_undo_also_on_timeout(airflow: Airflow) -> None:
    _, trace = ran(
        airflow,
        """
        task a = shell("sleep 20") timeout 1s undo also on timeout shell("true")
        task b = shell("true") undo shell("true")
        """,
    )
    assert states(trace) == {"a": "failed", "undo a": "succeeded", "b": "not_run", "undo b": "not_run"}


def test_a_plain_loop_waits_for_a_retry_of_the_item_before(airflow: Airflow, tmp_path: Path) -> None:
    run, trace = ran(
        airflow,
        """
        input xs: list<int>
        input dir: string
        for x in xs {
          task a = shell("echo $X >> $DIR/log; [ $X != 1 ] || [ $AIRFLOW_CTX_TRY_NUMBER = 2 ]", env: { X: x, DIR: dir })
            retry fixed(attempts: 2, every: 1s) effect safe "it only notes"
          task b = shell("echo b$X >> $DIR/log", env: { X: x, DIR: dir })
        }
        """,
        {"xs": [1, 2], "dir": str(tmp_path)},
    )
    assert run.state == "success", run.log
    assert (tmp_path / "log").read_text().split() == ["1", "1", "b1", "2", "b2"]
    assert trace.get("x/a", 0).attempts == 2


def test_a_failed_condition_fails_no_arm(airflow: Airflow) -> None:
    _, trace = ran(
        airflow,
        """
        input n: int
        try {
          if 1 // n > 0 { task a = shell("true") } else { task b = shell("true") }
        } recover { task r = shell("true") }
        task z = shell("true")
        """,
        {"n": 0},
    )
    assert states(trace) == {"a": "not_run", "b": "not_run", "r": "succeeded", "z": "succeeded"}


def test_a_budget_bounds_what_follows_but_not_the_handlers(airflow: Airflow) -> None:
    began = time.monotonic()
    _, trace = ran(
        airflow,
        """
        budget { time 3s }
        task a = shell("sleep 30") retry fixed(attempts: 3, every: 1s) effect safe "it sleeps" undo shell("true")
        task b = shell("true") when true
        on failure { task h = shell("sleep 1") }
        finally { task f = shell("sleep 1") }
        """,
    )
    assert states(trace) == {
        "a": "failed", "undo a": "not_run", "b": "not_run", "h": "succeeded", "f": "succeeded",
    }  # fmt: skip
    assert time.monotonic() - began < 60


def test_a_workspace_in_a_loop(airflow: Airflow) -> None:
    run, trace = ran(
        airflow,
        """
        input xs: list<string>
        for x in xs max 2 {
          workspace w {
            task a = shell("echo $X > f", env: { X: x })
            task b = shell("echo \\"v=$(cat f)\\" >> \\"$WFC_OUTPUT\\"") -> { v: string }
          }
        }
        output all: string = join([one.v for one in b], " ")
        """,
        {"xs": ["p", "q"]},
    )
    assert run.state == "success", run.log
    assert trace.outputs == {"all": "p q"}


def test_a_guard_that_has_no_value_fails_a_task_that_has_not_begun(airflow: Airflow) -> None:
    _, trace = ran(airflow, 'input n: int = 0 task a = shell("true") when 1 // n == 0')
    assert [(found.state, found.attempts) for found in trace.instances] == [("failed", 0)]


# --- on a scheduler ---


@pytest.mark.slow
def test_bounds_and_turns_hold_on_a_scheduler(airflow_scheduler: Scheduler) -> None:
    body = """
        input xs: list<int>
        parallel {
          for a in xs max 2 { task a1 = shell("sleep 1") task a2 = shell("sleep 1") }
          for b in xs max 1 { task b1 = shell("sleep 1") task b2 = shell("true") }
          for c in xs { task c1 = shell("true") task c2 = shell("[ $C != 2 ]", env: { C: c }) }
        }
    """
    loaded = load_texts([("bounds.wf", "flow bounds {\n" + body + "\n}")])
    flow = loaded.project.flows[0]
    compiled = TARGET.compile(loaded.project, flow, "3.3")
    files = {item.path: item.text for item in compiled.artifacts}
    files["pools.json"] = files.pop("bounds.pools.json")
    run = airflow_scheduler.run(files, "bounds", {"xs": [1, 2, 3]}, timeout=240)
    trace = reference_states(compiled.manifest, run.state, run.tasks)
    world = Scripted({("task", "c2", (1,)): Behaviour(fails=None)})
    assert permits(loaded.project, flow, world, trace, {"xs": [1, 2, 3]}) == [], f"{run.summary()}\n{run.log[-5000:]}"
