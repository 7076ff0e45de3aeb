"""Random flows with scripted worlds on every real engine: each trace and each call must be permitted by the reference.

WFC_RANDOM_FLOWS=300 runs so many for each engine (`make soak N=300`), each time others, shrinks a failure to a
minimal flow and writes it to tests/regressions, which are run every time.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from engines.engine import Engine
from random_flows.judge import WAYS, Verdict, judge, keep, kept
from random_flows.writer import Drawn, flows

COUNT = int(os.environ.get("WFC_RANDOM_FLOWS", "0"))
SOAK = bool(COUNT)
REGRESSIONS = Path(__file__).parent / "regressions"
EXAMPLES = {"github": 60}
"""Flows in a usual run, where 40 are too few: act can't show every third."""
RANDOM = settings(
    deadline=None,
    derandomize=not SOAK,
    database=None,
    phases=[Phase.generate, Phase.shrink] if SOAK else [Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


def run(name: str, engine: Engine, drawn: Drawn) -> Verdict:
    """One flow in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        return judge(WAYS[name], engine, drawn, Path(folder))


@pytest.mark.long
@pytest.mark.parametrize("engine", list(WAYS), indirect=True)
def test_every_run_is_permitted(engine: Engine, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params["engine"]
    seen: Counter[str] = Counter()
    failures: dict[str, tuple[Drawn, Verdict]] = {}

    @settings(RANDOM, max_examples=COUNT or EXAMPLES.get(name, 40))
    @given(drawn=flows())
    def one(drawn: Drawn) -> None:
        verdict = run(name, engine, drawn)
        seen["refused" if verdict.refused else "not shown" if verdict.unfit else "run"] += 1
        if verdict.wrong:
            failures["last"] = (drawn, verdict)
        assert verdict.wrong == []

    try:
        one()
    except AssertionError:
        drawn, verdict = failures["last"]
        written = keep(drawn, REGRESSIONS) if SOAK else "(WFC_RANDOM_FLOWS=n shrinks it)"
        text = "\n".join([*verdict.wrong, drawn.text, str(drawn.inputs), verdict.detail, str(written)])
        pytest.fail(text, pytrace=False)
    finally:
        print(f"{name}: {dict(seen)}")
    assert seen["run"] >= 25


@pytest.mark.parametrize("engine", list(WAYS), indirect=True)
@pytest.mark.parametrize("stem", sorted(path.stem for path in REGRESSIONS.glob("*.wf")))
def test_what_once_went_wrong(stem: str, engine: Engine, request: pytest.FixtureRequest) -> None:
    verdict = run(request.node.callspec.params["engine"], engine, kept(REGRESSIONS / f"{stem}.wf"))
    assert verdict.wrong == [], "\n".join([*verdict.wrong, verdict.detail])
