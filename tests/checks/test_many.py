"""All independent defects in one run, in one order, each once."""

from __future__ import annotations

import collections
import pathlib

import pytest

from checks.finding import NAME, findings
from strategies.programs import program
from wfc.diagnostic import ordered

TEXT = (pathlib.Path(__file__).parent / "many_defects.wf").read_text(encoding="utf-8")
SEEDED = {
    "WF102": 1,
    "WF109": 1,
    "WF201": 1,
    "WF206": 1,
    "WF207": 2,
    "WF301": 1,
    "WF302": 1,
    "WF303": 1,
    "WF305": 1,
    "WF313": 1,
    "WF402": 1,
    "WF403": 1,
    "WF404": 1,
    "WF405": 1,
    "WF406": 1,
    "WF407": 1,
    "WF408": 1,
    "WF409": 1,
    "WF414": 1,
    "WF501": 1,
    "WF601": 1,
    "WF603": 1,
    "WF604": 1,
    "WF706": 1,
    "WF802": 1,
    "WF901": 1,
}


def test_all_defects_of_one_file_in_one_run() -> None:
    found = findings(TEXT, NAME, "WF414")
    assert collections.Counter(item.code for item in found) == SEEDED


def test_order_is_that_of_the_text_and_does_not_change() -> None:
    found = findings(TEXT)
    places = [(item.span.start, item.span.end, item.code) for item in found]
    assert places == sorted(places)
    assert found == findings(TEXT)


def test_a_syntax_error_hides_no_finding_elsewhere() -> None:
    broken = TEXT.replace('approve go = "Go on?"', 'approve go "Go on?"')
    codes = {item.code for item in findings(broken)}
    assert "WF001" in codes
    assert codes >= {"WF102", "WF201", "WF303", "WF305", "WF313", "WF403", "WF404", "WF405", "WF601", "WF603", "WF802"}
    assert not codes & {"WF109", "WF206"}, "what could not be read may use it"


@pytest.mark.parametrize("seed", range(25))
def test_any_text_of_the_grammar_can_be_checked(seed: int) -> None:
    found = findings(program(seed))
    assert found == ordered(found)


def test_a_task_whose_name_could_not_be_read_has_no_empty_name() -> None:
    text = 'flow f { task "b" = shell("x") task c = http.get(url: "https://a.example/{nobody}") }'
    said = [part for found in findings(text) for part in (found.message, found.help)]
    assert any("a task without a name" in part for part in said)
    assert not [part for part in said if "``" in part]
