"""Every DAG of the examples, the conformance cases, the corpus and docs/language.md: Python that ruff has no word on.

No engine: what needs Airflow itself (its DagBag) is asked in the tests that run.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engines.airflow import lint
from wfc.pipeline import Loaded, has_errors, load_texts
from wfc_targets.airflow import TARGET

ROOT = Path(__file__).parents[3]
BLOCKS = re.findall(r"```wf\n(.*?)```", (ROOT / "docs" / "language.md").read_text("utf-8"), re.DOTALL)
FOLDERS = ("examples", "tests/conformance", "tests/corpus", "tests/regressions")
FLOWS = [path for name in FOLDERS for path in sorted((ROOT / name).glob("*.wf"))]
SOURCES = [
    *(pytest.param(path.read_text("utf-8"), id=path.stem) for path in FLOWS),
    *(pytest.param(text, id=f"language {number}") for number, text in enumerate(BLOCKS)),
]


def files(loaded: Loaded) -> dict[str, str]:
    """All emitted files of all flows that Airflow takes."""
    found: dict[str, str] = {}
    for flow in loaded.project.flows:
        compiled = TARGET.compile(loaded.project, flow, "3.3")
        if not compiled.artifacts:
            assert "WF951" in [diagnostic.code for diagnostic in compiled.diagnostics]
        found |= {artifact.path: artifact.text for artifact in compiled.artifacts}
    return found


def names_nobody_knows(folder: Path) -> list[str]:
    """What pyflakes says: names that are not defined, defined twice, or imported for nothing (but by an author)."""
    ruff = Path(sys.executable).parent / "ruff"
    line = [str(ruff), "check", "--isolated", "--select", "F", "--output-format", "json", "."]
    found = json.loads(subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=60).stdout)
    return [
        f"{Path(one['filename']).name}:{one['location']['row']}: {one['message']}"
        for one in found
        if one["code"] != "F401" or not is_inside(one)
    ]


def is_inside(found: dict[str, Any]) -> bool:
    """Does a finding stand inside a function? The compiler imports at the top only."""
    lines = Path(found["filename"]).read_text("utf-8").splitlines()
    return lines[int(found["location"]["row"]) - 1].startswith(" ")


@pytest.mark.parametrize("text", SOURCES)
def test_every_file_is_python_without_a_remark(text: str, tmp_path: Path) -> None:
    loaded = load_texts([("source.wf", text)])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    emitted = {path: found for path, found in files(loaded).items() if path.endswith(".py")}
    for path, found in emitted.items():
        compile(found, path, "exec", dont_inherit=True)
        (tmp_path / path).write_text(found)
    assert lint.check(emitted) == []
    assert names_nobody_knows(tmp_path) == []
