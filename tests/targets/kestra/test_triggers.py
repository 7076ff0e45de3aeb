"""What starts a flow on Kestra: files, and events of which a condition or the first task lets only some through."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from engines.engine import EngineRun
from engines.kestra.engine import Kestra
from targets.kestra.flows import compiled, document
from wfc_targets.kestra.triggers import fits, pattern

BOTH = pytest.mark.parametrize("engine", ["kestra_2_0", "kestra_1_3"], indirect=True)
ARRIVED = """flow f {
  on file(path: "in/*.csv") as arrived %s
  task a = shell(\"\"\"
    echo "size=$(wc -c < "$FILE")" >> "$WFC_OUTPUT"
  \"\"\", env: { FILE: arrived.file }) -> { size: int }
  output seen: string = "{arrived.path} {a.size}"
  finally { task z = shell("true") }
}"""


def files_of(text: str, version: str, **options: Any) -> dict[str, str]:
    """The files of the flow `f`, its scripts as plain processes."""
    result = compiled(text, version, runner="process", **options)
    assert result.artifacts, result.diagnostics
    return {artifact.path: artifact.text for artifact in result.artifacts}


def looked(engine: Kestra, folder: Path, where: str = "") -> EngineRun:
    """A run of the flow that watches `folder`."""
    version = "2.0" if engine.version.startswith("2") else "1.3"
    files = files_of(ARRIVED % where, version, folder=str(folder))
    assert engine.validate(files) == []
    # a second look in the same run, to see that nothing is started twice
    again = "id: twice\nnamespace: wfc\ntasks:\n"
    for name in ("one", "two"):
        again += (
            f'  - id: {name}\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: "{{{{ flow.namespace }}}}"\n'
        )
        again += "    flowId: f_watch\n    wait: true\n    transmitFailed: true\n"
    again += "  - id: pause\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT3S\n"
    return engine.run(files | {"twice.yaml": again}, "twice", timeout=120, inputs={})


def arrive(folder: Path, name: str, content: str) -> None:
    """A file that was written a while ago."""
    path = folder / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    os.utime(path, (time.time() - 60, time.time() - 60))


def outputs_of(run: EngineRun) -> list[tuple[str, object]]:
    """State and output of the executions of f."""
    return sorted((e.state, e.outputs.get("seen")) for e in run.executions if e.flow.rpartition("/")[2] == "f")


@BOTH
def test_each_file_starts_the_flow_once_with_its_name_and_content(engine: Kestra, tmp_path: Path) -> None:
    arrive(tmp_path, "one.csv", "1")
    arrive(tmp_path, "two words.csv", "22")
    arrive(tmp_path, "other.txt", "")
    fresh = tmp_path / "in" / "fresh.csv"
    fresh.write_text("still being written")
    os.utime(fresh, (time.time() + 60, time.time() + 60))
    run = looked(engine, tmp_path)
    assert run.state == "SUCCESS", run.summary()
    assert outputs_of(run) == [("SUCCESS", "in/one.csv 1"), ("SUCCESS", "in/two words.csv 2")]


@BOTH
@pytest.mark.parametrize("where", ['arrived.path != "in/b.csv"', 'upper(arrived.path) != "IN/B.CSV"'])
def test_a_file_that_does_not_fit_where_has_no_effect(engine: Kestra, tmp_path: Path, where: str) -> None:
    arrive(tmp_path, "a.csv", "1")
    arrive(tmp_path, "b.csv", "22")
    run = looked(engine, tmp_path, f"where {where}")
    assert [state for state, _ in outputs_of(run)] == ["CANCELLED", "SUCCESS"], run.summary()
    assert len([task for task in run.all("z") if task.state == "SUCCESS"]) == 1


PUSH = """flow f {
  on github.push(repo: "acme/app", branches: ["main", "release/*"], tags: ["v*"], paths: ["src/**"]) as event
  task a = shell("true")
}"""


def test_globs_of_an_event_are_a_condition_of_its_trigger() -> None:
    trigger = document(PUSH)["triggers"][0]
    assert trigger["when"].startswith(
        "{{ (trigger.body.repository.full_name == 'acme/app') and (((trigger.body.commits"
    )
    assert 'test("^(refs/heads/main|refs/heads/release/[^/]*|refs/tags/v[^/]*)$")' in trigger["when"]


def test_a_where_that_pebble_cannot_compute_is_tested_by_the_first_task() -> None:
    text = 'on github.push(repo: "acme/app") as event where upper(event.ref) != "X" task a = shell("true")'
    read = document(f"flow f {{ {text} }}")
    assert [task["id"] for task in read["tasks"]] == ["event_calc", "event_gate", "a"]
    assert read["tasks"][1]["state"] == "CANCELLED"
    assert "upper" not in read["triggers"][0]["when"]


@BOTH
def test_the_engine_matches_globs(engine: Kestra) -> None:
    globs = ["main", "release/*", "v1.*", "a/**/z"]
    wanted = {"main": True, "mainly": False, "release/1": True, "release/1/2": False, "v1.0": True, "v1x0": False}
    wanted |= {"a/b/c/z": True, "a/z": False}
    tests = [fits(f"inputs.t[{number}]", globs) for number in range(len(wanted))]
    jq = f"(inputs.t | jq('map(test(\"{pattern(globs)}\"))') | first)"
    lines = ["id: globs", "namespace: wfc", "inputs:", "  - id: t", "    type: JSON", "tasks:"]
    for name, text in (("p", "[" + ", ".join(tests) + "]"), ("q", jq)):
        lines += [f"  - id: {name}", "    type: io.kestra.plugin.core.debug.Return", "    format: >-"]
        lines += ["      {{ " + text + " | toJson }}"]
    run = engine.run({"globs.yaml": "\n".join(lines) + "\n"}, "globs", {"t": str(list(wanted)).replace("'", '"')})
    expected = str(list(wanted.values())).lower().replace(" ", "")
    assert run.state == "SUCCESS", run.one("p").messages
    assert run.one("p").outputs["value"] == run.one("q").outputs["value"] == expected
