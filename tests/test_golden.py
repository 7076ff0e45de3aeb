"""The examples on every target: the committed text, or the committed refusal. `make bless` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

import wfc_targets
from wfc.diagnostic import Diagnostic
from wfc.manifest import manifest_json
from wfc.pipeline import compile_flow, has_errors, load_texts
from wfc.source import Source

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
EXAMPLES = sorted((ROOT / "examples").glob("*.wf"))
VERSIONS = [(name, version) for name in wfc_targets.NAMES for version in wfc_targets.load(name).versions]


def shown(found: tuple[Diagnostic, ...], source: Source) -> str:
    """Findings as lines: place, code, severity, message, remedy."""
    lines = []
    for item in found:
        place = source.position(item.span.start)
        lines.append(f"{place.line}:{place.column}: {item.code} {item.severity}: {item.message} (help: {item.help})")
    return "".join(f"{line}\n" for line in lines)


def outcome(path: Path, target: str, version: str) -> dict[str, str]:
    """File name → text: the artifacts, the manifest, and what the target has to say."""
    loaded = load_texts([(f"examples/{path.name}", path.read_text("utf-8"))])
    assert not loaded.diagnostics, loaded.diagnostics
    files: dict[str, str] = {}
    for flow in loaded.project.flows:
        compiled = compile_flow(loaded.project, flow, wfc_targets.load(target), version)
        source = loaded.sources[flow.span.source]
        if compiled.diagnostics:
            files["diagnostics.txt"] = files.get("diagnostics.txt", "") + shown(compiled.diagnostics, source)
        assert has_errors(compiled.diagnostics) == (not compiled.artifacts)
        files |= {item.path: item.text for item in compiled.artifacts if item.path != "wfc_airflow.py"}
        if compiled.artifacts:
            files[f"{flow.name}.manifest.json"] = manifest_json(compiled.manifest)
    return files


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize(("target", "version"), VERSIONS, ids=lambda value: value)
def test_examples_are_compiled_as_committed(
    path: Path, target: str, version: str, request: pytest.FixtureRequest
) -> None:
    folder = GOLDEN / path.stem / f"{target}-{version}"
    files = outcome(path, target, version)
    if request.config.getoption("--bless"):
        for old in folder.rglob("*") if folder.exists() else ():
            if old.is_file():
                old.unlink()
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8", newline="\n")
    committed = {
        str(item.relative_to(folder)): item.read_bytes().decode("utf-8") for item in folder.rglob("*") if item.is_file()
    }
    assert files == committed


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize(("target", "version"), VERSIONS, ids=lambda value: value)
def test_the_same_input_gives_the_same_bytes(path: Path, target: str, version: str) -> None:
    assert outcome(path, target, version) == outcome(path, target, version)
