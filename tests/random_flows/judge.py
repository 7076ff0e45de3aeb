"""A random flow on a real engine: what its trace and its calls show that the reference does not permit."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engines.engine import Engine, EngineRun
from random_flows.scripts import Call, calls_in, from_json, played, to_json, without_nulls
from random_flows.writer import Drawn
from test_conformance_github import trace_of as github_trace
from test_conformance_kestra import trace_of as kestra_trace
from wfc import ir
from wfc.interpret import run as reference_run
from wfc.permits import permits
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace
from wfc.target import Compiled, Target
from wfc.trace import Trace
from wfc.walk import all_statements
from wfc_targets import airflow, github, kestra
from wfc_targets.airflow.states import reference_states as airflow_states


@dataclass(frozen=True)
class Way:
    """How flows run on one engine. folder: of the files. trace: a run and what was compiled → the trace.

    unfit: why this engine's fixture cannot show such a flow, "" when it can. gap: the same, of a run that went wrong.
    given: how an input is handed over.
    """

    target: Target
    version: str
    trace: Callable[[EngineRun, Compiled], Trace]
    unfit: Callable[[ir.Flow, str], str] = lambda _flow, _text: ""
    gap: Callable[[EngineRun, str], str] = lambda _run, _text: ""
    folder: str = ""
    given: Callable[[Any], Any] = lambda value: value


def airflow_trace(run: EngineRun, result: Compiled) -> Trace:
    """The tasks of the DAG that was started."""
    own = {execution.id for execution in run.executions if execution.flow == result.manifest.flow}
    return airflow_states(result.manifest, run.state, [task for task in run.tasks if task.execution in own])


def no_child_runs(flow: ir.Flow, _text: str) -> str:
    """`dag.test()` starts no child runs."""
    calls = [
        stmt for stmt in all_statements(flow) if isinstance(stmt, ir.Task) and isinstance(stmt.call.op, ir.RunFlow)
    ]
    return "dag.test() starts no child runs" if calls else ""


def no_early_end(flow: ir.Flow, text: str) -> str:
    """Act does not end a matrix at its first failure."""
    plain = [stmt for stmt in all_statements(flow) if isinstance(stmt, ir.For) and stmt.maximum is None]
    return next(("act does not end a matrix early" for loop in plain if f"name: for {loop.variable} = " in text), "")


def beyond_act(run: EngineRun, text: str) -> str:
    """What of a run act does otherwise than GitHub.

    It hands on the outputs of a skipped job as the text of their expression, where on GitHub they are empty; and it
    ends when a called workflow fails, even for jobs that ask for `always()`.
    """
    if "uses: ./.github/workflows/" in text and any(
        job.flow.startswith("call ") and job.state == "failure" for job in run.executions
    ):
        return "act ends the run when a called workflow fails"
    ran = {execution.id for execution in run.executions if execution.state != "skipped"}
    read = set(re.findall(r"needs\.(\w+)\.outputs", text))
    return "act leaves the outputs of a skipped job unread" if read - ran else ""


def as_json(value: Any) -> Any:
    """Kestra's own type for a list is its JSON."""
    return json.dumps(value) if isinstance(value, list | dict) else value


WAYS: Mapping[str, Way] = {
    "kestra_2_0": Way(kestra.TARGET, "2.0", lambda run, made: kestra_trace(run, made.manifest), given=as_json),
    "kestra_1_3": Way(kestra.TARGET, "1.3", lambda run, made: kestra_trace(run, made.manifest), given=as_json),
    "airflow": Way(airflow.TARGET, airflow.TARGET.versions[0], airflow_trace, no_child_runs),
    "github": Way(
        github.TARGET,
        github.TARGET.versions[0],
        github_trace,
        no_early_end,
        beyond_act,
        folder=f"{github.TARGET.folder}/",
    ),
}
SETTINGS = (("kestra", (("runner", "process"),)),)


@dataclass
class Verdict:
    """What became of a flow. refused: the messages of the target. unfit: why it was not run. wrong: what is not
    permitted. detail: for people who look at a failure."""

    refused: list[str] = field(default_factory=list)
    unfit: str = ""
    wrong: list[str] = field(default_factory=list)
    detail: str = ""


def compiled(way: Way, drawn: Drawn) -> tuple[ir.Project, dict[str, Compiled]]:
    """The project, and what each of its flows becomes."""
    loaded = load_texts([("f.wf", drawn.text)])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    project = replace(loaded.project, settings=SETTINGS)
    return project, {flow.name: way.target.compile(project, flow, way.version) for flow in project.flows}


def judge(way: Way, engine: Engine, drawn: Drawn, folder: Path) -> Verdict:
    """Compile a flow, run it on the engine with a folder for its scripts, and compare it with the reference."""
    project, results = compiled(way, drawn)
    refused = [found.message for result in results.values() if not result.artifacts for found in result.diagnostics]
    if refused:
        return Verdict(refused=refused)
    files = {way.folder + artifact.path: artifact.text for made in results.values() for artifact in made.artifacts}
    flow = project.flow("f")
    assert flow is not None
    if unfit := way.unfit(flow, "".join(files.values())):
        return Verdict(unfit=unfit)
    invalid = engine.validate(files)
    if invalid:
        return Verdict(wrong=invalid, detail="\n".join(files.values()))
    inputs = {**drawn.inputs, "scratch": str(folder)}
    run = engine.run(files, "f", {name: way.given(value) for name, value in inputs.items()}, timeout=300)
    trace = way.trace(run, results["f"])
    world = played(drawn.scripts)
    wrong = permits(project, flow, world, trace, inputs)
    world = played(drawn.scripts)
    interpreter, _, _ = reference_run(project, flow, world, inputs)
    if not interpreter.state.relaxed:
        wrong += differences(Counter(comparable(call, drawn) for call in world.calls), calls_in(folder), drawn)
    if wrong and (gap := way.gap(run, "".join(files.values()))):
        return Verdict(unfit=gap)
    return Verdict(wrong=wrong, detail="\n".join([run.summary(), *files.values(), run.log[-4000:]]) if wrong else "")


def keep(drawn: Drawn, folder: Path) -> Path:
    """Write a flow and its world (STEM.wf, STEM.json) to a folder, for `kept`. Gives the path of the flow."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(drawn.text.encode()).hexdigest()[:8]}.wf"
    world = {"inputs": drawn.inputs, "scripts": to_json(drawn.scripts)}
    path.with_suffix(".json").write_text(json.dumps(world, indent=1, ensure_ascii=False) + "\n")
    path.write_text(drawn.text)
    return path


def kept(path: Path) -> Drawn:
    """The flow and its world that `keep` wrote to PATH.wf and PATH.json."""
    world = json.loads(path.with_suffix(".json").read_text())
    return Drawn(path.read_text(), from_json(world["scripts"]), world["inputs"])


def comparable(call: Call, drawn: Drawn) -> Call:
    """A call with a value that is JSON in one form; a null field is a missing one, and 3.0 is no 3."""
    role, name, items, given = call
    script = next(script for script in drawn.scripts if (script.role, script.name) == (role, name))
    if given is None or not (script.python or given[:1] in ("{", "[")):
        return call
    try:
        return role, name, items, json.dumps(without_nulls(json.loads(given)), sort_keys=True)
    except ValueError:
        return call


def differences(wanted: Counter[Call], found: Counter[Call], drawn: Drawn) -> list[str]:
    """Calls that were made too often, not often enough, or with another value."""
    seen: Counter[Call] = Counter()
    for call, count in found.items():
        seen[comparable(call, drawn)] += count
    return [
        f"{role} {name}[{items}] was called {seen[call]} times with {given!r:.120}, should be {wanted[call]}"
        for call in sorted(wanted.keys() | seen.keys(), key=str)
        if wanted[call] != seen[call]
        for role, name, items, given in [call]
    ]
