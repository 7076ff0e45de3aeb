"""The scripts in the conformance flows do on a real machine what the table scripts for the interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.case import FOLDER, SCRATCH, URL, Case, problems
from conformance.cases import CASES
from interpreter.machine import Machine
from wfc.interpret import interpret
from wfc.pipeline import load

pytestmark = pytest.mark.slow
LOCAL = [case for case in CASES if case.number not in (33, 35)]


@pytest.mark.parametrize("case", LOCAL, ids=[case.name for case in LOCAL])
def test_scripts_do_what_the_table_says(case: Case, tmp_path: Path) -> None:
    project, _ = load([str(FOLDER / case.file)])
    flow = project.flow(case.flow)
    assert flow is not None
    given = {SCRATCH: str(tmp_path), URL: "http://world.example"}
    inputs = {name: given.get(value, value) if isinstance(value, str) else value for name, value in case.inputs.items()}
    scripted = {where: how for where, how in case.behaviours.items() if where[1] in ("g", "h", "go", "post")}
    machine = Machine(scripted, case.secrets, folder=str(tmp_path))
    assert problems(case, interpret(project, flow, machine, inputs)) == []
    assert not [name for name in case.absent if list(tmp_path.rglob(name))]
