"""docs/check.md is true: its options exist, and its table of times is the one of the example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from command_line import wfc
from wfc.check import PRESETS
from wfc.commands.check import FORMATS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "check.md").read_text("utf-8")


def test_every_option_of_the_page_exists_and_the_other_way_round() -> None:
    options = set(re.findall(r"--[a-z][a-z-]+", wfc("check", "--help").out))
    named = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    assert named <= options
    assert options - named == {"--help", "--environment"}


def test_every_format_and_preset_is_told() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE) == list(FORMATS)
    assert all(f"`{preset}`" in PAGE or f"--preset {preset}" in PAGE for preset in PRESETS)


def test_the_table_of_times_is_that_of_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert wfc("check", "--explain-time", "examples/orders_etl.wf").out == shown
