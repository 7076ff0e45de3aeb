"""The first flows: what the checks say of them as written is what docs/checks-evaluation.md judges; mended, nothing."""

from __future__ import annotations

import pathlib
import re

import pytest

from checks.finding import findings
from wfc.source import Source

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"
MENDED = sorted(CORPUS.glob("*.wf"))
AS_WRITTEN = sorted((CORPUS / "as_written").glob("*.wf"))

SEEDS = [
    ("01", ' timeout 20m idempotent\n', ' timeout 20m retry fixed(attempts: 3, every: 5s)\n', "WF303"),
    ("01", "timezone: \"Europe/Berlin\"", "timezone: \"Europe/Berlim\"", "WF207"),
    ("01", "0 7 * * 1-5", "0 7 31 2,4 *", "WF802"),
    ("01", "  input day", "  input unread: int = 1\n  input day", "WF206"),
    ("03", "timeout 1h }", "}", "WF302"),
    ("04", ' timeout 1d', '', "WF706"),
    ("05", 'by "refund-{ticket.id}"', 'by "refund"', "WF404"),
    ("05", 'by "reply-{ticket.id}"', 'by "reply-{run.attempt}"', "WF403"),
    ("05", 'by "reply-{ticket.id}"', 'by "reply-{draft}"', "WF403"),
    ("05", 'curl -fsS https://api.stripe.com/v1/refunds', 'eval "$CHARGE"', "WF601"),
    ("06", " within 40m", "", "WF313"),
    ("06", "max: 30s)", "max: 30s) allow WF301 \"it answers\"", "WF003"),
    ("09", "token: todoist_token, id: id)", 'token: "0123456789abcdef", id: id)', "WF603"),
    ("09", "timeout 5m }", "}", "WF302"),
    ("11", 'by "{run.id}-{service}"', 'by "{run.id}"', "WF405"),
    ("11", "vault kv rollback", "echo \"$VAULT_TOKEN\"; vault kv rollback", "WF604"),
    ("13", "attempts: 5, first: 2s, max: 1m", "attempts: 12, first: 2s", "WF305"),
    ("13", 'invoice-{invoice.id}-attempt-{invoice.attempts}"', 'invoice-{run.date}"', "WF405"),
    ("14", "  concurrency 1 skip\n", "", "WF801"),
    ("16", "retry exponential(attempts: 4, first: 2s, max: 30s) timeout", "timeout", "WF301"),
    ("17", "  task build", "  task again = flow.run(exports_to_iceberg)\n  task build", "WF901"),
    ("20", ' { idempotent by "refund-{order.id}" }', "", "WF503"),
    ("20", "https://stock.acme.example/api/reservations\"", "stock.acme.example/api/reservations\"", "WF207"),
]  # fmt: skip


def text_of(number: str, paths: list[pathlib.Path]) -> str:
    """The text of the flow of that number."""
    return next(path for path in paths if path.name.startswith(number)).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MENDED, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_mended_flow(path: pathlib.Path) -> None:
    assert findings(path.read_text(encoding="utf-8")) == ()


def test_there_are_twenty_of_each() -> None:
    assert [path.name for path in MENDED] == [path.name for path in AS_WRITTEN]
    assert len(MENDED) == 20


def test_every_finding_as_written_has_been_judged() -> None:
    found = []
    for path in AS_WRITTEN:
        source = Source(path.name, path.read_text(encoding="utf-8"))
        for item in findings(source.text):
            found.append((path.name[:2], str(source.position(item.span.start).line), item.code))
    page = (ROOT / "docs" / "checks-evaluation.md").read_text(encoding="utf-8")
    judged = re.findall(r"^\| (\d\d) \| (\d+) \| (WF\d{3}) \|", page, re.MULTILINE)
    assert found == judged


@pytest.mark.parametrize(("number", "old", "new", "code"), SEEDS)
def test_a_seeded_fault_is_found(number: str, old: str, new: str, code: str) -> None:
    text = text_of(number, MENDED)
    assert old in text
    assert {item.code for item in findings(text.replace(old, new))} == {code}
