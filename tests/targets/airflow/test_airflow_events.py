"""Runs that something outside starts: files that arrive, calls that carry an event."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from engines.airflow.engine import Airflow
from wfc.pipeline import has_errors, load_texts
from wfc.target import Compiled
from wfc_targets.airflow import TARGET
from wfc_targets.airflow.filters import wanted
from wfc_targets.airflow.names import Names
from wfc_targets.airflow.states import reference_states

NAMES = ("a.csv", "{{ 7*7 }}.csv")
WATCHED = """
flow arrivals {
  on file(path: "in box/*.csv") as arrived
  task copy = shell(\"\"\"
    printf 'seen=%s|%s\\n' "$NAME" "$(cat "$FILE")" >> "$WFC_OUTPUT"
  \"\"\", env: { NAME: arrived.path, FILE: arrived.file }) -> { seen: string }
  output seen: string = copy.seen
}
"""


def compiled(text: str) -> Compiled:
    """The only flow of a text, on Airflow."""
    loaded = load_texts([("f.wf", text)])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    return TARGET.compile(loaded.project, loaded.project.flows[0], "3.3")


def files(result: Compiled) -> dict[str, str]:
    """Its files."""
    return {artifact.path: artifact.text for artifact in result.artifacts}


def inbox(folder: Path) -> None:
    """Two files that arrived a minute ago, one that is still being written, and others that do not matter."""
    (folder / "in box").mkdir()
    (folder / "in box" / "folder.csv").mkdir()
    for name in (*NAMES, "b.txt"):
        path = folder / "in box" / name
        path.write_text(f"content of {name}")
        os.utime(path, (time.time() - 60, time.time() - 60))
    path = folder / "in box" / "new.csv"
    path.write_text("half of")
    os.utime(path, (time.time() + 3600, time.time() + 3600))


def test_each_file_that_arrived_starts_a_run_once(airflow: Airflow, tmp_path: Path) -> None:
    inbox(tmp_path)
    emitted = files(compiled(WATCHED))
    assert airflow.validate(emitted) == []
    env = {"WFC_FILES": f"file://{tmp_path}"}
    first = airflow.run(emitted, "arrivals_watch", {}, env=env, timeout=120)
    assert first.state == "success", first.log
    found = first.one("files").outputs["return_value"]
    assert [one["conf"] for one in found] == [
        {"path": f"in box/{name}", "file": f"file://{tmp_path}/in box/{name}"} for name in NAMES
    ]
    assert [run.state for run in first.all("start")] == ["success", "success"]
    assert [run.outputs["trigger_run_id"] for run in first.all("start")] == [one["trigger_run_id"] for one in found]
    again = airflow.run(emitted, "arrivals_watch", {}, env=env, timeout=120)
    assert again.one("files").outputs["return_value"] == []
    path = tmp_path / "in box" / "a.csv"
    os.utime(path, (time.time() - 30, time.time() - 30))
    changed = airflow.run(emitted, "arrivals_watch", {}, env=env, timeout=120)
    assert [one["conf"]["path"] for one in changed.one("files").outputs["return_value"]] == ["in box/a.csv"]


def test_a_run_reads_the_file_that_started_it(airflow: Airflow, tmp_path: Path) -> None:
    inbox(tmp_path)
    result = compiled(WATCHED)
    conf = {"path": "in box/{{ 7*7 }}.csv", "file": f"file://{tmp_path}/in box/{{{{ 7*7 }}}}.csv"}
    run = airflow.run(files(result), "arrivals", conf, timeout=120)
    assert run.state == "success", run.log
    trace = reference_states(result.manifest, run.state, run.tasks)
    assert trace.outputs == {"seen": "in box/{{ 7*7 }}.csv|content of {{ 7*7 }}.csv"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('on file(path: "a") on file(path: "b") task t = shell("t")', "a second `on file`"),
        ('on file(path: "a") input path: string = "x" task t = shell("t")', "an input `path` beside `on file`"),
        ('on github.pull_request(repo: "o/r", paths: ["a"]) task t = shell("t")', "`paths` of a pull request"),
        ('on github.push(repo: "o/r", tags: ["v*"], paths: ["a"]) task t = shell("t")', "`paths` beside `tags`"),
        ('on github.push(repo: "o/r", branches: ["!main"]) task t = shell("t")', "a glob with more than `*`"),
        ('on webhook(path: "a") input body: json = 1 task t = shell("t")', "an input `body` beside `on webhook`"),
    ],
)
def test_refused(body: str, words: str) -> None:
    result = compiled("flow f { " + body + " }")
    assert result.artifacts == ()
    assert words in " ".join(found.message for found in result.diagnostics)


PUSHED = """
flow f {
  on github.push(repo: "o/r", branches: ["main", "release/*"], paths: ["src/**"]) as push where len(push.commits) < 3
  task show = shell("echo \\"seen=$REF\\" >> \\"$WFC_OUTPUT\\"", env: { REF: push.ref }) -> { seen: string }
}
"""


def push(ref: str = "refs/heads/main", repo: str = "o/r", file: str = "src/a/b.py", commits: int = 1) -> dict[str, Any]:
    """What matters of GitHub's payload (docs.github.com, webhook events, push)."""
    commit = {"id": "1", "added": [], "modified": [file], "removed": []}
    return {"ref": ref, "repository": {"full_name": repo}, "commits": [commit] * commits}


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (push(), "success"),
        (push("refs/heads/release/1"), "success"),
        (push("refs/heads/release/1/x"), "skipped"),
        (push("refs/tags/main"), "skipped"),
        (push(repo="o/other"), "skipped"),
        (push(file="docs/a.md"), "skipped"),
        (push(commits=3), "skipped"),
    ],
)
def test_the_filters_of_an_event_hold(airflow: Airflow, event: dict[str, Any], state: str) -> None:
    result = compiled(PUSHED)
    assert [found.code for found in result.diagnostics] == ["WF952"]
    emitted = files(result)
    assert airflow.validate(emitted) == []
    run = airflow.run(emitted, "f", event, timeout=120)
    assert (run.state, run.one("show").state) == ("success", state), run.log


@pytest.mark.parametrize(
    ("trigger", "fields"),
    [
        ('github.release(repo: "o/r")', {"repository.full_name": ["o/r"], "action": ["published"]}),
        ('github.push(repo: "o/r")', {"repository.full_name": ["o/r"]}),
        (
            'github.push(repo: "o/r", tags: ["v*"])',
            {"repository.full_name": ["o/r"], "ref": ["refs/tags/v*"]},
        ),
        (
            'github.pull_request(repo: "o/r", branches: ["main"])',
            {
                "repository.full_name": ["o/r"],
                "action": ["opened", "synchronize", "reopened"],
                "pull_request.base.ref": ["main"],
            },
        ),
        (
            'github.workflow_run(repo: "o/r", workflows: ["CI"])',
            {"repository.full_name": ["o/r"], "workflow_run.name": ["CI"], "action": ["completed"]},
        ),
        ('gitlab.push(project: "g/p")', {"project.path_with_namespace": ["g/p"], "ref": ["refs/heads/**"]}),
        (
            'gitlab.merge_request(project: "g/p", actions: ["open"])',
            {"project.path_with_namespace": ["g/p"], "object_attributes.action": ["open"]},
        ),
    ],
)
def test_what_an_event_must_hold(trigger: str, fields: dict[str, list[str]]) -> None:
    flow = load_texts([("f.wf", f'flow f {{ on {trigger} task t = shell("t") }}')]).project.flows[0]
    names = Names(load_texts([]).project, flow)
    assert wanted(names, flow.triggers[0]) == fields
    assert names.diagnostics == []


def test_a_clause_that_airflow_cannot_hold_is_shown() -> None:
    text = 'flow f { on webhook(path: "a") as e where e.body != 1\n finally { task z = shell("z") } }'
    (found,) = [found for found in compiled(text).diagnostics if found.code == "WF951"]
    assert text[found.span.start : found.span.end] == "e.body != 1"
