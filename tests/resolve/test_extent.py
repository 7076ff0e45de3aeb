"""Texts that are small themselves but large or deep with their names in place: an error at its place, never a crash.

Ten lets of 180 additions are a value of 1,800 levels, twenty lets that name the one before twice one of 2^20 parts.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import wfc
from wfc.parse import parse
from wfc.resolve.named_types import read_types
from wfc.resolve.report import Report

LAST = '  task t = shell("true", env: {{ X: "{{x{}}}" }}) timeout 1m no retry "local"\n'


def flow(*lines: str, last: int = 0) -> str:
    """A flow with an int input `n`, these statements, and a task that reads `x<last>`."""
    inside = "".join(f"  {line}\n" for line in lines)
    return "flow a {\n  input n: int = 1\n" + inside + LAST.format(last) + "}\n"


def lets(first: str, count: int, step: str) -> list[str]:
    """`let x0 = first`, then lets of which each names the one before: `#` in `step`."""
    return [f"let x0 = {first}", *(f"let x{at} = {step.replace('#', f'x{at - 1}')}" for at in range(1, count))]


def blocks(head: str, tail: str, count: int) -> str:
    """A flow of so many blocks in each other, around a task with a sum of 150 additions in a text."""
    total = "n" + " + 1" * 150
    task = f'task t = shell("true", env: {{ X: "{{{total}}}" }}) timeout 1m no retry "local"\n'
    return "flow a {\ninput n: int = 1\n" + f"{head} {{\n" * count + task + f"}}{tail}\n" * count + "}\n"


def typed(*lines: str) -> str:
    """Types, and a flow with an input of the type T0."""
    return "".join(f"{line}\n" for line in lines) + 'flow a {\n  input x: T0\n  task t = shell("true") timeout 1m\n}\n'


PLUS = " + 1" * 180
ACTIONS = [f"action a.f{at}(x: string) {{ run a.f{at + 1}(x: x) }}\n" for at in range(5)]
END = 'action a.f5(x: string) { run shell("true", env: { X: x }) }\n'
CALL = 'flow a {\n  task t = a.f0(x: "x") timeout 1m\n}\n'
GROW = [f'action a.f{at}(x: string) {{ run a.f{at + 1}(x: "{"{x}" * 20}") }}\n' for at in range(1, 4)]

CIRCLE = [f"action a.f{at}(x: string) {{ run a.f{(at + 1) % 8}(x: x) }}\n" for at in range(8)]
FINDINGS = {
    "lets of 180 additions": (
        flow(*lets("n", 4, "#" + PLUS), last=3),
        ["5:12 WF207", "6:12 WF207"],
    ),  # a sum of 180 additions has 181 levels, one of two such sums 361
    "a chain of lets": (flow(*lets("n", 201, "#"), last=0), ["203:14 WF207"]),  # each takes a level
    "a text of twice the one before": (
        flow(*lets('"{n}{n}"', 12, '"{#}{#}"'), last=11),
        ["14:20 WF207"],
    ),  # 3, 9, 21, …: 2 × before + 3; the tenth step has 6,141 parts, the next 12,285
    "a type of twice the one before": (
        typed(*(f"type T{at} = {{ a: T{at + 1}, b: T{at + 1} }}" for at in range(11)), "type T11 = { a: int }"),
        ["1:23 WF207"],
    ),  # 2, 7, 17, …: 2 × before + 3; the tenth step has 5,117 parts, the next 10,237
    "a chain of types": (
        typed(*(f"type T{at} = list<T{at + 1}>" for at in range(150)), "type T150 = int"),
        ["51:17 WF207"],
    ),  # each takes two levels: the list and the name
    "types in a circle": (typed("type T0 = { b: B }", "type B = list<C>", "type C = { a: T0? }"), ["1:1 WF101"]),
    "five actions in a row": ("".join(ACTIONS[1:]) + END + CALL.replace("f0", "f1"), []),
    "six actions in a row": ("".join(ACTIONS) + END + CALL, ["1:30 WF202"]),
    "an action that runs itself": ("action a.f0(x: string) { run a.f0(x: x) }\n" + CALL, ["1:30 WF101"]),
    "eight actions in a circle": ("".join(CIRCLE) + CALL, ["1:30 WF101"]),
    "an action that runs one in a circle": (
        "action a.f0(x: string) { run a.f1(x: x) }\naction a.f1(x: string) { run a.f1(x: x) }\n" + CALL,
        ["2:30 WF101"],
    ),
    "defaults that are put in each other": (
        f"action a.f0(x: json = [{', '.join('1' * 300)}]) {{ run a.f1(x: [{', '.join('x' * 300)}]) }}\n"
        'action a.f1(x: json) { run http.post(url: "https://a.example.com", json: x) }\n'
        "flow f {\n  task t = a.f0() timeout 1m\n}\n",
        ["4:12 WF207"],
    ),  # 300 × 301
    "actions that put in their argument 20 times": (
        "".join(GROW) + "".join(ACTIONS[4:]) + END + CALL.replace("f0", "f1"),
        ["7:12 WF207"],
    ),  # 1 part, 41, 841, 16,841
}
"""Name → text, and where what is found."""


@pytest.mark.parametrize("name", FINDINGS)
def test_what_is_too_large_is_found_at_its_place(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, expected = FINDINGS[name]
    monkeypatch.chdir(tmp_path)
    Path("a.wf").write_text(text)
    done = wfc("check", "--select", "WF101,WF202,WF207", "--format", "concise", "a.wf")
    assert [" ".join(line.removeprefix("a.wf:").replace(": ", " ").split()[:2]) for line in done.out.splitlines()] == (
        expected
    )


def test_types_may_stand_in_any_order() -> None:
    lines = [f"type T{at} = list<T{at - 1}>" for at in range(1, 1500)]
    for ordered in (lines, lines[::-1]):
        document, _ = parse("a.wf", "\n".join([*ordered, "type T0 = int"]))
        found = read_types([document], report := Report())
        assert str(found["T3"]) == "list<list<list<int>>>"
        assert {one.code for one in report.found} == {"WF207"}


@pytest.mark.parametrize("target", ["kestra", "github", "airflow"])
@pytest.mark.parametrize(("head", "tail"), [("if n > 0", ""), ("parallel", ""), ("try", " recover { }")])
def test_what_is_as_deep_as_allowed_compiles(
    head: str, tail: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.wf").write_text(blocks(head, tail, 90))
    assert wfc("compile", "--target", target, "a.wf").code == 0
