"""README.md is true: its commands run, its flow has the outputs it shows, its bad flow the findings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import wfc_targets
from wfc.check import in_preset, run_checks
from wfc.cli import main
from wfc.diagnostic import ordered
from wfc.pipeline import compile_flow, load_texts
from wfc.render import pretty

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def block(fence: str, number: int = 0) -> str:
    return re.findall(rf"```{fence}\n(.*?)```", README, re.DOTALL)[number]


def test_the_first_command_runs_without_a_key(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WFC_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    words = shlex.split(block("sh").replace("\\`", "`"))
    assert words[:3] == ["uv", "run", "wfc"]
    assert main(words[3:]) == 0
    assert "io.kestra.plugin.core.trigger.Schedule" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "fence", "number"), [("kestra", "yaml", 0), ("airflow", "python", 0), ("github", "yaml", 1)]
)
def test_the_outputs_are_those_of_the_flow(target: str, fence: str, number: int) -> None:
    loaded = load_texts([("nightly.wf", block("wf"))])
    assert not loaded.diagnostics
    compiled = compile_flow(loaded.project, loaded.project.flows[0], wfc_targets.load(target))
    assert not compiled.diagnostics
    rest = compiled.artifacts[0].text
    for part in block(fence, number).split("…"):
        text = part.strip("\n").rstrip(" ")
        if not text:
            continue
        assert text in rest, text
        rest = rest.partition(text)[2]


def test_the_findings_are_those_of_the_bad_flow() -> None:
    loaded = load_texts([("bad.wf", block("wf bad"))])
    found = ordered(
        [*loaded.diagnostics, *run_checks(loaded.project, in_preset("recommended"), before=loaded.diagnostics)]
    )
    assert pretty(found, loaded.sources).strip() == block("text").strip()


def test_the_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (Path(__file__).parents[2] / link).exists(), link
