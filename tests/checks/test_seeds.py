"""A fault put into every clean flow: found in each, once, where it begins, and nothing else with it."""

from __future__ import annotations

import pathlib

import pytest

from checks.finding import findings
from checks.seeds import OTHER_FIXES, SAFE_FIXES, SEEDS, UNSEEDED
from wfc.checks import PAGES, all_checks

ROOT = pathlib.Path(__file__).parents[2]
CLEAN = [*sorted((ROOT / "tests" / "corpus").glob("*.wf")), *sorted((ROOT / "examples").glob("*.wf"))]
ANYWAY = {path: {item.code for item in findings(path.read_text("utf-8"), path.name, *SEEDS)} for path in CLEAN}
"""Flow → what the checks of `production` find in it as it is; such a code is not seeded there."""
CASES = [
    pytest.param(code, path, *put, id=f"{code}-{path.stem}")
    for code, seed in sorted(SEEDS.items())
    for path in CLEAN
    if code not in ANYWAY[path] and (put := seed.put(path.read_text("utf-8"))) is not None
]


@pytest.mark.parametrize(("code", "path", "text", "place"), CASES)
def test_a_fault_is_found_once_where_it_is(code: str, path: pathlib.Path, text: str, place: int) -> None:
    found = findings(text, path.name, code)
    assert [item.code for item in found] == [code], [item.message for item in found]
    assert text[found[0].span.start :].splitlines()[0] == text[place:].splitlines()[0]
    assert found[0].span.start == place
    if found[0].fixes:
        assert code in (SAFE_FIXES if any(fix.safe for fix in found[0].fixes) else OTHER_FIXES)


@pytest.mark.parametrize("code", ["WF406", "WF407", "WF414"])
@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_a_fault_of_what_runs_by_itself_is_none_elsewhere(code: str, path: pathlib.Path) -> None:
    text = path.read_text("utf-8")
    seed = SEEDS[code]
    if seed.put(text) is None:
        anywhere = seed._replace(needs="").put(text)
        assert anywhere is not None
        assert findings(anywhere[0], path.name, code) == ()


def test_no_code_lacks_a_seed() -> None:
    assert {check.code for check in all_checks()} <= {*SEEDS}
    assert {*SEEDS} | {*UNSEEDED} == {*PAGES}
    assert not {*SEEDS} & {*UNSEEDED}


@pytest.mark.parametrize("code", SEEDS)
def test_a_fault_is_put_into_five_flows_or_more(code: str) -> None:
    assert sum(case.values[0] == code for case in CASES) >= 5
