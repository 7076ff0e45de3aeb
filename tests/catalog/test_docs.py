"""docs/actions.md is written from the catalog and holds every definition."""

from __future__ import annotations

from pathlib import Path

from wfc.catalog import load
from wfc.docgen_actions import actions_page

PAGE = Path(__file__).parents[2] / "docs" / "actions.md"


def test_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == actions_page(), "run `python -m wfc.docgen_actions`"


def test_every_definition_has_its_heading_once() -> None:
    lines = actions_page().splitlines()
    assert sorted(line[4:] for line in lines if line.startswith("### ")) == sorted(load().entries)


def test_an_entry_says_signature_documentation_effect_needs_and_source() -> None:
    page = actions_page()
    entry = page[page.index("### k8s.delete_pod") : page.index("### k8s.logs")]
    assert entry.splitlines()[2:] == [
        "```wf",
        'action k8s.delete_pod(pod: string, context: string = "", namespace: string = "", kubeconfig: secret = "")',
        "```",
        "",
        "Deletes a pod, so that its deployment starts a new one; a pod that is gone is no failure.",
        "",
        "**Effect**: safe, irreversible (a repeat does no harm; it cannot be undone)  ",
        "**Needs**: `kubectl`  ",
        "**Source**: <https://kubernetes.io/docs/reference/kubectl/generated/kubectl_delete/>",
        "",
    ]
