"""Every workflow of examples, cases, corpus and language page: the YAML loads, its Python compiles, bash reads it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from wfc.ir import Project
from wfc.pipeline import has_errors, load, load_texts
from wfc_targets.github import TARGET

ROOT = Path(__file__).parents[3]
FILES = sorted(
    path for folder in ("examples", "tests/conformance", "tests/corpus") for path in (ROOT / folder).glob("*.wf")
)
HEREDOC = re.compile(r"^ *cat > \"\$RUNNER_TEMP/[\w.-]+\.py\" <<'(\w+)'\n(.*?)^\1$", re.DOTALL | re.MULTILINE)


def language_page() -> list[str]:
    """The blocks of docs/language.md that are whole and right."""
    text = (ROOT / "docs" / "language.md").read_text("utf-8")
    return re.findall(r"^```wf\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file(path: Path) -> None:
    project, diagnostics = load([str(path)])
    if not has_errors(diagnostics):
        read(project)


@pytest.mark.parametrize("number", range(len(language_page())))
def test_a_block_of_the_language_page(number: int) -> None:
    loaded = load_texts([("page.wf", language_page()[number])])
    assert not has_errors(loaded.diagnostics)
    read(loaded.project)


def read(project: Project) -> None:
    """Read all programs of all workflows of a project. Raises SyntaxError or AssertionError for one that is none."""
    for flow in project.flows:
        for artifact in TARGET.compile(project, flow, TARGET.versions[0]).artifacts:
            for job in yaml.safe_load(artifact.text)["jobs"].values():
                for step in job.get("steps", ()):
                    if "run" in step:
                        read_script(step["run"], step.get("shell", ""))


def read_script(script: str, shell: str) -> None:
    """Read one script, and the Python that it writes to a file."""
    script = script.replace("${{ '${{' }}", "${{")
    if shell == "python":
        compile(script, "step", "exec")
        return
    for _, source in HEREDOC.findall(script):
        compile(source, "step", "exec")
    # -n only reads; what bash cannot read it complains of
    result = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr + script
