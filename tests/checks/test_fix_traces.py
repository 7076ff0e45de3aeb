"""A fix parses, takes its finding away and brings none; a safe one keeps the reference interpreter's run."""

from __future__ import annotations

import pathlib

import pytest

from checks.finding import applied, examples, findings
from checks.seeds import DRY, OTHER_FIXES, PUT, RETRIED, SAFE_FIXES, SEEDS, URL, Seed
from checks.test_seeds import ANYWAY, CLEAN
from checks.worlds import traces
from wfc.checks import PAGES
from wfc.explain import page
from wfc.record import replace
from wfc.trace import SUCCEEDED, Trace
from wfc.world import Behaviour

BY_TASK = f"flow alone {{ task seeded = §{PUT} timeout 1m }}"
BY_REQUEST = f'flow alone {{ task seeded = §{PUT} no retry "seeded" }}'
BY_SCRIPT = f'flow alone {{ task seeded = §shell("true") no retry "seeded" task other = {DRY} }}'
POLL = f"flow alone {{ task seeded = http.get({URL}) §until seeded.status == 200 every 5s {RETRIED} }}"
DROP = (
    'task seeded = sql.execute(url: "postgresql://db.example/seeded", sql: "§drop table runs") '
    'timeout 1m no retry "seeded"'
)
ALONE = [
    ("WF301", Seed("", more=BY_TASK)),
    ("WF302", Seed("", more=BY_REQUEST)),
    ("WF302", Seed("", more=BY_SCRIPT)),
    ("WF305", Seed(f"task seeded = http.get({URL}) timeout 1m §retry exponential(first: 10s, attempts: 9)")),
    ("WF313", Seed("", more=POLL)),
    ("WF408", Seed(DROP)),
]
"""Further faults with a fix: those whose seed has another one, or none, in flows with `defaults`."""
MEETS_ALL = ("WF003", "WF408")
"""Fixes that leave the policies alone, so that the run is the same in every world, also where `seeded` fails."""
KEEPS_A_GOOD_RUN = SAFE_FIXES | {"WF302", "WF305", "WF313", "WF706"}
"""Fixes after which a run in which all goes well, and at once, is the same: safe ones, and those that set a limit."""

CASES = [
    pytest.param(code, path, put[0], id=f"{code}-{path.stem}")
    for code, seed in [*sorted(SEEDS.items()), *ALONE]
    for path in CLEAN
    if code in SAFE_FIXES | OTHER_FIXES and code not in ANYWAY[path]
    if (put := seed.put(path.read_text("utf-8"))) is not None
]
BAD = [
    pytest.param(text, id=f"{code}-{number}")
    for code in PAGES
    for number, (heading, target, text) in enumerate(examples(page(code).doc))
    if heading == "Bad" and not target and any(fix.safe for item in findings(text) for fix in item.fixes)
]


@pytest.mark.parametrize(("code", "path", "text"), CASES)
def test_a_fix_of_a_seed(code: str, path: pathlib.Path, text: str) -> None:
    (found,) = findings(text, path.name, code)
    for fix in found.fixes:
        after = applied(text, fix)
        assert findings(after, path.name, code) == ()
        if fix.safe or code in KEEPS_A_GOOD_RUN:
            runs = traces(text)
            assert traces(after) == runs
            assert any("seeded" in one.path and one.state == SUCCEEDED for run in runs for one in run.instances)
        if code in MEETS_ALL:
            fails = {"seeded": Behaviour(fails=None)}
            assert traces(after, fails) == traces(text, fails)
        if code == "WF301":
            down = {"seeded": Behaviour(fails=None, status=503)}
            assert [tried(run, 4) for run in traces(text, down)] == traces(after, down)


def tried(run: Trace, attempts: int) -> Trace:
    """A run in which `seeded`, where it failed at the first attempt, has failed at this many."""
    return replace(
        run,
        instances=tuple(
            replace(one, attempts=attempts) if one.path == "seeded" and one.attempts == 1 else one
            for one in run.instances
        ),
    )


@pytest.mark.parametrize("text", BAD)
def test_a_safe_fix_of_a_page_keeps_the_run(text: str) -> None:
    (found,) = findings(text)
    for fix in found.fixes:
        if fix.safe:
            assert traces(applied(text, fix)) == traces(text)


def test_a_further_attempt_is_what_the_fix_of_a_missing_retry_adds() -> None:
    text = f"flow alone {{ task seeded = {PUT} timeout 1m }}"
    (fix,) = findings(text)[0].fixes
    once = {"seeded": Behaviour(fails=1, status=503)}
    assert [trace.state for trace in traces(text, once)] == ["failed"]
    assert [trace.state for trace in traces(applied(text, fix), once)] == ["succeeded"]
