"""Random flows that are as they should be: nothing is found in them but what the writer does without meaning to.

300 flows in the usual run, 3,000 with HYPOTHESIS_PROFILE=soak.
"""

from __future__ import annotations

import os
import re

from hypothesis import HealthCheck, Phase, given, seed, settings

from checks.finding import findings
from checks.seeds import SEEDS
from random_flows.writer import Drawn, flows
from wfc.diagnostic import Diagnostic

FLOWS = 3_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 300
GIVEN = 'defaults { timeout 1h allow WF206 "the same inputs for every flow, whatever it reads" }'
"""What the writer leaves out on purpose: limits of time, and inputs that fit."""
VARIES = re.compile(r"\b(?:flag|num|word|day|mode|items|x|s|t\d+|i\d+|failure|run)\b")
"""The names of the writer that stand for something of the run."""


def rightly(found: Diagnostic, text: str) -> bool:
    """Is a finding true by what the text says, and a matter of chance in the writer?

    WF003: the flow happens to read all of its inputs. WF105: the condition was drawn without anything that varies, such
    as `(0 + 0) < (0 + 0)`. WF110: a task that reads another was told to wait for it as well.
    """
    place = text[found.span.start : found.span.end]
    match found.code:
        case "WF003":
            return place.startswith("allow WF206")
        case "WF105":
            return not VARIES.search(re.sub(r'"[^"{]*"', "", place))
        case "WF110":
            waited = re.findall(r"after (t\d+)", place)
            return any(re.search(rf"\b{name}\b", place.replace(f"after {name}", "")) for name in waited)
        case _:
            return False


@seed(1)
@settings(
    max_examples=FLOWS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(drawn=flows())
def test_nothing_is_found_in_random_flows(drawn: Drawn) -> None:
    text = re.sub(r"^(flow \w+ \{)$", rf"\1\n  {GIVEN}", drawn.text, flags=re.MULTILINE)
    wrong = [item.message for item in findings(text, "f.wf", *SEEDS) if not rightly(item, text)]
    assert wrong == [], text
