"""Random flows with random failures, on the real engines: every trace must be one that the reference permits."""

from __future__ import annotations

import re
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from engines.kestra.engine import Kestra
from interpreter.random_flows import flows
from wfc.permits import permits
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace
from wfc.world import Behaviour, World
from wfc_targets.kestra import TARGET
from wfc_targets.kestra.states import reference_states

PART = re.compile(r'for (i\d+) in [^{]*\{|\{|\}|(?:task (t\d+) = |(undo|fallback) )shell\("x"\)')
RANDOM = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


def condition(fails: int | None) -> str:
    """A command that fails in so many first attempts (None: in all)."""
    return "false" if fails is None else f'[ "$n" -gt {fails} ]'


def call(world: World, folder: str, role: str, name: str, loops: list[str]) -> str:
    """The call that does what the world says of it, counting its attempts in a file for each instance."""
    everywhere = world.behaviour(role, name, ()) or Behaviour()
    second = world.behaviour(role, name, (1,)) or everywhere
    file = f"{folder}/{role}-{name}" + "".join(f"-${loop.upper()}" for loop in loops)
    last = condition(everywhere.fails)
    if loops:
        last = f'if [ "${loops[0].upper()}" = 2 ]; then {condition(second.fails)}; else {last}; fi'
    env = ", ".join(f"{loop.upper()}: {loop}" for loop in loops)
    script = f'echo >> "{file}"; n=$(wc -l < "{file}"); {last}'
    return f'shell("""{script}""", env: {{ {env} }})'


def scripted(text: str, world: World, folder: str) -> str:
    """The flow with scripts that do what the world says."""
    blocks: list[str] = []
    name = ""

    def written(found: re.Match[str]) -> str:
        nonlocal name
        variable, task, role = found.groups()
        loops = [block for block in blocks if block]
        if found[0].endswith("{"):
            blocks.append(variable or "")
        elif found[0] == "}":
            blocks.pop()
        else:
            name = task or name
            start = f"task {task} = " if task else f"{role} "
            return start + call(world, folder, role or "task", name, loops)
        return found[0]

    return PART.sub(written, text)


@pytest.mark.parametrize("engine", ["kestra_2_0", "kestra_1_3"], indirect=True)
@RANDOM
@given(drawn=flows())
def test_every_trace_is_permitted(engine: Kestra, drawn: tuple[str, World, dict[str, Any]]) -> None:
    plain, world, inputs = drawn
    version = "2.0" if engine.version.startswith("2") else "1.3"
    with tempfile.TemporaryDirectory() as folder:
        loaded = load_texts([("f.wf", scripted(plain, world, folder))])
        assert not has_errors(loaded.diagnostics), loaded.diagnostics
        project = replace(loaded.project, settings=(("kestra", (("runner", "process"),)),))
        flow = project.flows[0]
        compiled = TARGET.compile(project, flow, version)
        if not compiled.artifacts:
            assert version == "1.3", compiled.diagnostics
            return
        files = {artifact.path: artifact.text for artifact in compiled.artifacts}
        assert engine.validate(files) == []
        run = engine.run(files, "f", inputs, timeout=200)
    trace = reference_states(compiled.manifest, run.state, run.tasks)
    found = permits(project, flow, world, trace, inputs)
    assert found == [], "\n".join([*found, plain, run.summary(), files["f.yaml"]])
