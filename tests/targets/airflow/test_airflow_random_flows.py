"""Random flows with random failures, on the real Airflow: every trace must be one that the reference permits.

WFC_RANDOM_FLOWS=50 runs so many, each time others; some 15 seconds each.
"""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from engines.airflow.engine import Airflow
from interpreter.random_flows import flows
from wfc.permits import permits
from wfc.pipeline import has_errors, load_texts
from wfc.world import Behaviour, World
from wfc_targets.airflow import TARGET
from wfc_targets.airflow.states import reference_states

PART = re.compile(r'for (i\d+) in [^{]*\{|\{|\}|(?:task (t\d+) = |(undo|fallback) )shell\("x"\)')
RANDOM = settings(
    max_examples=int(os.environ.get("WFC_RANDOM_FLOWS", "5")),
    deadline=None,
    derandomize="WFC_RANDOM_FLOWS" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


def condition(fails: int | None) -> str:
    """A command that fails in so many first attempts (None: in all)."""
    return "false" if fails is None else f'[ "$AIRFLOW_CTX_TRY_NUMBER" -gt {fails} ]'


def call(world: World, role: str, name: str, loops: list[str]) -> str:
    """The call that does what the world says of it; the number of an item is its value less one."""
    everywhere = world.behaviour(role, name, ()) or Behaviour()
    script = condition(everywhere.fails)
    second = world.behaviour(role, name, (1,))
    if not loops or second is None:
        return f'shell("""{script}""")'
    return f'shell("""if [ "$I" = 2 ]; then {condition(second.fails)}; else {script}; fi""", env: {{ I: {loops[0]} }})'


def scripted(text: str, world: World) -> str:
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
            return start + call(world, role or "task", name, loops)
        return found[0]

    return PART.sub(written, text)


@pytest.mark.slow
@RANDOM
@given(drawn=flows())
def test_every_trace_is_permitted(airflow: Airflow, drawn: tuple[str, World, dict[str, Any]]) -> None:
    plain, world, inputs = drawn
    loaded = load_texts([("f.wf", scripted(plain, world))])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    flow = loaded.project.flows[0]
    compiled = TARGET.compile(loaded.project, flow, "3.3")
    assume(not compiled.diagnostics)
    files = {artifact.path: artifact.text for artifact in compiled.artifacts}
    assert airflow.validate(files) == []
    run = airflow.run(files, "f", inputs, timeout=300)
    trace = reference_states(compiled.manifest, run.state, run.tasks)
    found = permits(loaded.project, flow, world, trace, inputs)
    assert found == [], "\n".join([*found, plain, run.summary(), files["f.py"]])
