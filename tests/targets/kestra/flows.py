"""What the tests of this folder share: a text → the YAML of a target version, as values."""

from __future__ import annotations

from typing import Any

import yaml

from wfc.pipeline import has_errors, load_texts
from wfc.record import replace
from wfc.target import Compiled
from wfc_targets.kestra import TARGET


def compiled(text: str, version: str = "2.0", flow: str = "f", **options: Any) -> Compiled:
    """The result of compiling one flow of a text."""
    loaded = load_texts([("f.wf", text)])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    project = replace(loaded.project, settings=(("kestra", tuple(options.items())),))
    found = project.flow(flow)
    assert found is not None
    return TARGET.compile(project, found, version)


def document(text: str, version: str = "2.0", **options: Any) -> dict[str, Any]:
    """The main file of the flow `f`, read back."""
    result = compiled(text, version, **options)
    assert result.artifacts, result.diagnostics
    read: dict[str, Any] = yaml.safe_load(result.artifacts[0].text)
    return read


def tasks(node: Any) -> dict[str, dict[str, Any]]:
    """Every task below a document, by id."""
    found: dict[str, dict[str, Any]] = {}
    if isinstance(node, dict):
        if "id" in node and "type" in node and "." in str(node["type"]):
            found[str(node["id"])] = node
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            found |= tasks(item)
    return found


def codes(result: Compiled) -> list[str]:
    """The codes of the diagnostics."""
    return [found.code for found in result.diagnostics]
