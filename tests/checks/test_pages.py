"""The page of every code is its documentation and its test: bad raises it once, good raises nothing."""

from __future__ import annotations

import importlib
import pathlib
import re

import pytest

from checks.finding import NAME, examples, findings
from wfc.build_checks_page import pages
from wfc.check import ProjectCheck, constructs, is_at_home, run_checks
from wfc.checks import CHECKS, PAGES, all_checks
from wfc.diagnostic import Diagnostic
from wfc.errors import UserError
from wfc.explain import explain, page
from wfc.pipeline import compile_flow, load_texts

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADINGS = ["What it finds", "Why", "Bad", "Good"]
EXAMPLES = [
    pytest.param(code, *example, id=f"{code}-{example[0].lower()}-{number}")
    for code in PAGES
    for number, example in enumerate(examples(page(code).doc))
]


def found_on(code: str, target: str, text: str) -> list[Diagnostic]:
    """What a target finds, beside all else, when it compiles the flow of a text."""
    found = list(findings(text, NAME, code))
    project = load_texts([("flow.wf", text)]).project
    module = importlib.import_module(f"wfc_targets.{target}")
    return [*found, *compile_flow(project, project.flows[0], module.TARGET).diagnostics]


@pytest.mark.parametrize(("code", "heading", "target", "text"), EXAMPLES)
def test_example(code: str, heading: str, target: str, text: str) -> None:
    found = found_on(code, target, text) if target else list(findings(text, NAME, code))
    if heading == "Good":
        assert found == []
        return
    assert [(item.code, item.name, item.severity) for item in found] == [(code, page(code).name, page(code).severity)]
    assert found[0].span.source == "flow.wf"
    assert found[0].span.start < found[0].span.end <= len(text)


@pytest.mark.parametrize("code", PAGES)
def test_page_has_its_parts(code: str) -> None:
    shown = page(code)
    assert shown.code == code
    assert shown.doc.startswith(f"{shown.name}: ")
    assert re.findall(r"^## (.*)$", shown.doc, re.MULTILINE) == HEADINGS
    if code != "WF005":  # about files that are no texts: its examples are commands
        assert {heading for heading, _, _ in examples(shown.doc)} == {"Bad", "Good"}


def test_every_code_that_is_emitted_has_a_page() -> None:
    sources = [
        path for top in ("compiler", "targets") for path in (ROOT / top).rglob("*.py") if path.parent.name != "checks"
    ]
    emitted = {code for path in sources for code in re.findall(r'"(WF\d{3})"', path.read_text(encoding="utf-8"))}
    assert emitted > {"WF001", "WF101", "WF951"}
    assert emitted <= set(PAGES)


def test_names_of_the_resolver_are_those_of_the_pages() -> None:
    from wfc.resolve.report import NAMES

    assert {code: page(code).name for code in NAMES} == NAMES


def test_checks_are_in_order_and_each_has_its_own_code() -> None:
    order = [check.code for check in all_checks()]
    assert order == sorted(set(order))
    assert set(order) < set(PAGES)


def test_the_pages_are_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "checks").iterdir()}
    assert written == pages(), "write them: python -m wfc.build_checks_page"


def test_the_index_says_whether_there_is_a_fix() -> None:
    index = dict(re.findall(r"^\| \[(WF\d+)\].* \| (yes|no|unsafe) \| [^|]*\|$", pages()["README.md"], re.MULTILINE))
    assert index.keys() == PAGES.keys()
    assert [index[code] for code in ("WF301", "WF102", "WF303")] == ["yes", "unsafe", "no"]


def test_explain_by_code_and_by_name() -> None:
    assert explain("WF301") == explain("wf301") == explain("missing-retry")
    assert explain("WF301").startswith("# WF301 missing-retry (warning)\n\nA call over the network")


def test_explain_of_what_does_not_exist() -> None:
    with pytest.raises(UserError) as raised:
        explain("missing-retri")
    assert raised.value.remedy == "did you mean missing-retry?"
    assert raised.value.code == 2


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("WF30", "name one: WF301, WF302, WF303, WF304, WF305, WF309"),
        ("wf95", "name one: WF951, WF952, WF953"),
        ("WF3o2", "did you mean WF302?"),
        ("nothing-of-the-kind", "docs/checks/README.md lists them"),
        ("", "docs/checks/README.md lists them"),
    ],
)
def test_explain_of_a_beginning_and_of_a_slip(code: str, remedy: str) -> None:
    with pytest.raises(UserError) as raised:
        explain(code)
    assert raised.value.remedy == remedy


def test_selected_and_ignored() -> None:
    text = next(text for heading, _, text in examples(page("WF302").doc) if heading == "Bad")
    project = load_texts([("flow.wf", text)]).project
    assert [item.code for item in run_checks(project)] == ["WF302"]
    assert run_checks(project, selected=["WF301"]) == ()
    assert run_checks(project, ignore=["WF302"]) == ()


def test_what_is_known_of_a_check_before_it_is_loaded_is_so() -> None:
    assert {check.code: check.preset for check in all_checks()} == {code: first for code, (first, _) in CHECKS.items()}


@pytest.mark.parametrize(
    "text",
    [
        *(
            pytest.param(text, id=f"{code}-{number}")
            for code in PAGES
            for number, (_, _, text) in enumerate(examples(page(code).doc))
        ),
        *(pytest.param(path.read_text("utf-8"), id=path.stem) for path in sorted((ROOT / "examples").glob("*.wf"))),
    ],
)
def test_a_check_that_is_left_out_would_find_nothing(text: str) -> None:
    project = load_texts([("flow.wf", text)]).project
    there = {"flows"} if len(project.flows) > 1 else set()
    there = there.union(*map(constructs, project.flows))
    for check in all_checks():
        if not is_at_home(check.code, there):
            given = [project] if isinstance(check, ProjectCheck) else project.flows
            assert [found for one in given for found in check.find(one)] == [], check.code  # type: ignore[arg-type]
