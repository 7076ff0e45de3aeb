"""The interpreter shows, for every conformance case, what was written down by hand."""

from __future__ import annotations

import functools

import pytest

from conformance.case import FOLDER, URL, Case, problems
from conformance.cases import CASES
from wfc import ir
from wfc.interpret import interpret
from wfc.pipeline import load
from wfc.record import replace
from wfc.trace import NOT_RUN, Trace, from_json, name_of, to_json
from wfc.world import World

NAMED = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@functools.cache
def project(file: str) -> ir.Project:
    """The flows of one file."""
    loaded, diagnostics = load([str(FOLDER / file)])
    assert not [found for found in diagnostics if found.severity == "error"]
    return loaded


def run(case: Case) -> Trace:
    """The reference trace of a case."""
    flow = project(case.file).flow(case.flow)
    assert flow is not None
    inputs = {name: "http://world.example" if value == URL else value for name, value in case.inputs.items()}
    return interpret(project(case.file), flow, World(case.behaviours, case.secrets), inputs)


@NAMED
def test_shows_the_facts(case: Case) -> None:
    assert problems(case, run(case)) == []


@NAMED
def test_trace_survives_json(case: Case) -> None:
    trace = run(case)
    assert from_json(to_json(trace)).by_key().keys() == trace.by_key().keys()
    assert problems(case, from_json(to_json(trace))) == []


@NAMED
def test_another_trace_does_not_show_them(case: Case) -> None:
    """The judge of the cases notices a lost instance, a wrong state and a wrong end of the run."""
    trace = run(case)
    fixed = {name for name, state in case.states.items() if "any" not in state}
    for one in trace.instances:
        if name_of(one.key) in fixed:
            rest = tuple(other for other in trace.instances if other is not one)
            assert problems(case, replace(trace, instances=rest))
            assert problems(case, replace(trace, instances=(*rest, replace(one, state=NOT_RUN))))
    assert problems(case, replace(trace, state="other"))
    if case.outputs:
        assert problems(case, replace(trace, outputs={}))
