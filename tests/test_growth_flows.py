"""Loops in loops, defaults of defaults, fallbacks of fallbacks: twice as deep is no more than a few times the work.

Calls of functions are counted, never time. What would double with each level is either written once or refused at its
line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wfc_targets
from counting import counted
from wfc.check import run_checks
from wfc.pipeline import compile_flow, load_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.pipeline import Loaded
    from wfc.target import Compiled


def loops(head: str, items: str, depth: int) -> str:
    """Loops in loops, each over `items` with the variable before it as X; a line each, from the second on."""
    opened = "".join(f"for i{n} in {items.replace('X', f'i{n - 1}')} max 2 {{\n" for n in range(1, depth + 1))
    return f'flow f {{ {head}\n{opened}task a = shell("echo $A", env: {{ A: "{{i{depth}}}" }})\n{"}" * depth}\n}}\n'


def defaults(depth: int) -> str:
    """Inputs, the default of each of which names the one before it twice."""
    lines = [f'input i{n}: string = "{{i{n - 1}}}{{i{n - 1}}}"\n' for n in range(1, depth + 1)]
    return f'flow f {{ input i0: string\n{"".join(lines)}task a = shell("echo $A", env: {{ A: i{depth} }})\n}}\n'


def fallbacks(depth: int) -> str:
    """Tasks, the fallback of each of which names the one before it three times."""
    lines = [
        f'task t{n} = shell("echo") -> {{ a: string, b: string }}'
        f' fallback value {{ a: "{{t{n - 1}.a}}{{t{n - 1}.b}}", b: t{n - 1}.a }}\n'
        for n in range(1, depth + 1)
    ]
    first = 'task t0 = shell("echo") -> { a: string, b: string } fallback value { a: "a", b: "b" }\n'
    return f'flow f {{\n{first}{"".join(lines)}task z = shell("echo $A", env: {{ A: t{depth}.a }})\n}}\n'


FLOWS: dict[str, Callable[[int], str]] = {
    "loops over one item": lambda depth: loops("", "[1]", depth),
    "loops over two items": lambda depth: loops("", "[1, 2]", depth),
    "loops over a list of the run": lambda depth: loops("input xs: list<int>", "xs", depth),
    "loops over items twice": lambda depth: loops("input i0: int", "[X, X + 1]", depth),
    "loops over an item that doubles": lambda depth: loops("input i0: string", '["{X}{X}"]', depth),
    "defaults": defaults,
    "fallbacks": fallbacks,
}


def load(text: str) -> Loaded:
    """The project of a text without problems."""
    loaded = load_texts([("flow.wf", text)])
    assert not loaded.diagnostics, loaded.diagnostics[0]
    return loaded


def compiled(loaded: Loaded, target: str, version: str = "") -> Compiled:
    """The files of the one flow."""
    return compile_flow(loaded.project, loaded.project.flows[0], wfc_targets.load(target), version)


PLACES = [(name, version) for name in wfc_targets.NAMES for version in wfc_targets.load(name).versions]


@pytest.mark.parametrize(("target", "version"), PLACES)
@pytest.mark.parametrize("flow", FLOWS)
def test_compiling_twice_as_deep_is_a_few_times_the_work(flow: str, target: str, version: str) -> None:
    shallow, deep = load(FLOWS[flow](7)), load(FLOWS[flow](14))
    compiled(shallow, target, version)  # what is loaded once
    # the square of the depth is 4 times; doubling with each level would be 128 times
    less, more = (counted(lambda flow=flow: compiled(flow, target, version)) for flow in (shallow, deep))
    assert more < 8 * less


@pytest.mark.parametrize("flow", FLOWS)
def test_checking_twice_as_deep_is_a_few_times_the_work(flow: str) -> None:
    shallow, deep = load(FLOWS[flow](7)), load(FLOWS[flow](14))
    run_checks(shallow.project)
    less, more = (counted(lambda flow=flow: run_checks(flow.project)) for flow in (shallow, deep))
    assert more < 8 * less


@pytest.mark.parametrize(
    ("flow", "target", "line"),
    [
        # of 14 loops over two items, the 12 innermost make 2 + 4 + … + 2**12 = 8,190 statements, the 11 innermost 4,094
        ("loops over two items", "airflow", 4),
        ("loops over two items", "github", 4),
        # 2**10 references are more than 1,000
        ("loops over an item that doubles", "github", 11),
        # `(inputs.i0 ~ inputs.i0)` is 23 long, and each default 35 more than twice the one before: the eighth 7,389
        ("defaults", "kestra", 9),
    ],
)
def test_what_would_double_is_refused_at_its_line(flow: str, target: str, line: int) -> None:
    text = FLOWS[flow](14)
    result = compiled(load(text), target)
    assert not result.artifacts
    first = result.diagnostics[0]
    assert (first.code, text.count("\n", 0, first.span.start) + 1) == ("WF951", line)
