"""The work of the checks grows with the flow, not with its square: calls of functions are counted, never time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from counting import counted
from wfc.check import run_checks
from wfc.checks.facts import forget
from wfc.pipeline import load_texts

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = """
  task get_{0} = http.get(url: "https://a.example.com/{0}") timeout 1m
  if get_{0}.status == 200 {{
    task put_{0} = http.put(url: "https://b.example.com/{0}", json: {{ n: "{0}" }}) timeout 1m idempotent by "k-{0}"
  }}
  for name in names max 2 {{
    task run_{0} = shell("echo $NAME", env: {{ NAME: name }}) no retry timeout 1m allow WF603 "no secret"
  }}
  task ask_{0} = llm.classify(prompt: "Is {0} good?", data: {{ text: "some" }}) -> "yes" | "no"
"""


def calls(text: str) -> int:
    """How many functions all checks call on a text, Python's own included."""
    loaded = load_texts([("flow.wf", text)])
    assert not loaded.diagnostics, loaded.diagnostics[0]
    forget()
    return counted(lambda: run_checks(loaded.project))


def long(size: int) -> str:
    """Calls, branches, loops and questions to a model, one after the other."""
    return "flow f {\n  input names: list<string> = []\n" + "".join(PIECE.format(n) for n in range(size)) + "}\n"


def wide(size: int) -> str:
    """A `parallel` of writers of one thing, the last of which stand first in the chain of `after`."""
    tasks = [
        f'    task t_{n} = http.put(url: "https://a.example.com/x", json: {{}}) timeout 1m'
        + (f" after t_{n + 1}" if n + 1 < size else "")
        for n in range(size)
    ]
    return "flow f {\n  parallel {\n" + "\n".join(tasks) + "\n  }\n}\n"


def diamonds(size: int) -> str:
    """Flows that each run the next one twice, with retries, under a budget of attempts."""
    head = "defaults { timeout 1m retry fixed(attempts: 2, every: 5s) } budget { attempts 5 }"
    flows = [f"flow f_{n} {{ {head} task a = flow.run(f_{n + 1}) task b = flow.run(f_{n + 1}) }}" for n in range(size)]
    return "\n".join(flows) + f'\nflow f_{size} {{ {head} task a = http.get(url: "https://a.example.com/") }}\n'


def guarded(size: int) -> str:
    """Requests to hosts that the event chooses: of each it is asked what was checked on the way to it."""
    tasks = [
        f'  task get_{n} = http.get(url: "https://{{event.headers["h-{n}"] ?? "a"}}/x") timeout 1m' for n in range(size)
    ]
    return 'flow f {\n  on webhook(path: "x") as event\n' + "\n".join(tasks) + "\n}\n"


@pytest.mark.parametrize(("made", "size"), [(long, 40), (wide, 60), (diamonds, 15), (guarded, 240)])
def test_twice_as_much_is_about_twice_the_work(made: Callable[[int], str], size: int) -> None:
    calls(made(size))  # what is loaded and compiled once
    assert calls(made(2 * size)) / calls(made(size)) < 2.6
