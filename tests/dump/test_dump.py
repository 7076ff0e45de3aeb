"""`wfc dump`: what is written fits its schema, and comes back as the same flows."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from wfc.dump import dump_json
from wfc.errors import UserError
from wfc.pipeline import load_texts
from wfc.undump import text_of

ROOT = Path(__file__).parents[2]
FLOWS = sorted([*ROOT.glob("tests/conformance/*.wf"), *ROOT.glob("examples/*.wf"), *ROOT.glob("tests/corpus/*.wf")])
SCHEMA = json.loads((files("wfc_schemas") / "flow.schema.json").read_text("utf-8"))
DERIVED = ("span", "source_hash", "inherited")
"""What may differ after a round trip: places, the digest of the text, and which policies were inherited."""


def dumped(path: str, text: str) -> str:
    loaded = load_texts([(path, text)])
    assert not loaded.diagnostics, loaded.diagnostics
    return dump_json(loaded.project.flows, loaded.sources)


def without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_places(item) for key, item in value.items() if key not in DERIVED}
    return [without_places(item) for item in value] if isinstance(value, list) else value


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_dump_fits_the_schema(path: Path) -> None:
    jsonschema.validate(json.loads(dumped(path.name, path.read_text("utf-8"))), SCHEMA)


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_dump_comes_back_as_the_same_flows(path: Path) -> None:
    first = dumped(path.name, path.read_text("utf-8"))
    second = dumped("again.wf", text_of("again.json", first))
    assert without_places(json.loads(second)) == without_places(json.loads(first))


def test_a_flow_written_by_hand_needs_no_derived_part() -> None:
    data = {
        "schema": 1,
        "flows": [
            {
                "name": "hand",
                "triggers": [{"kind": "schedule", "args": {"cron": "0 2 * * *", "timezone": "Europe/Berlin"}}],
                "body": [
                    {"kind": "task", "label": "a", "call": {"action": "shell", "args": {"script": '"true"'}}},
                    {"kind": "if", "arms": [{"if": "run.attempt > 1", "then": []}]},
                ],
            }
        ],
    }
    jsonschema.validate(data, SCHEMA)
    text = text_of("hand.json", json.dumps(data))
    assert [flow.name for flow in load_texts([("hand.wf", text)]).project.flows] == ["hand"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "not JSON"),
        ('{"schema": 2, "flows": []}', "`schema` is 2"),
        ('{"schema": 1, "flows": [3]}', r"\$\.flows\[0\] is no table"),
        ('{"schema": 1, "flows": [{"name": "a", "body": [{"kind": "tusk"}]}]}', "body.* is no kind of statement"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(data: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        text_of("bad.json", data)
