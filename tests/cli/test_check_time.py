"""`wfc check --explain-time`: sums worked out by hand, what is unknown, what is on the longest path."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import wfc, write
from wfc.checks.worst_case import Runs, longest_path
from wfc.ir import Parallel
from wfc.pipeline import load_texts
from wfc.render import width


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def table(text: str) -> dict[str, list[str]]:
    """The words behind each title of the first table; every line keeps to 80 columns."""
    write("f.wf", text)
    done = wfc("check", "--explain-time", "f.wf")
    assert done.code == 0, done.out + done.err
    lines = done.out.partition("\n\n")[0].splitlines()
    assert max(map(width, lines)) <= 80
    rows = {}
    for line in lines[2:]:
        title, _, rest = line.strip().partition("   ")
        rows[title] = rest.split()
    return rows


def test_timeouts_times_attempts_plus_pauses() -> None:
    rows = table(
        """flow f {
  on schedule("0 * * * *", timezone: "UTC")
  budget { time 30m }
  task a = shell("./a") timeout 10m retry fixed(attempts: 3, every: 30s) idempotent
  task b = shell("./b") timeout 5m
  on failure { task tell = shell("./tell") timeout 2m }
}
"""
    )
    # 3 × 10m + 2 × 30s = 31m; with b 36m; with the handler 38m
    assert rows["a"] == ["10m", "3", "1m", "31m"]
    assert rows["b"] == ["5m", "1", "5m"]
    assert rows["tell"] == ["2m", "1", "2m"]
    assert rows["in all"] == ["38m"]
    assert "budget 30m: it ends the body first (by 6m)" in rows
    # 30m of the body and 2m of the handler are less than an hour
    assert 'schedule "0 * * * *", every 1h or more: a run ends before the next one' in rows
    assert "GitHub, 6h a job: fits into one" in rows


def test_what_nobody_knows_is_unknown_and_makes_a_lower_bound() -> None:
    rows = table(
        """flow f {
  input names: list<string>
  task a = shell("./a")
  for name in names { task b = shell("./b", env: { N: name }) timeout 3m }
  approve go = "Go?"
  task other = flow.run(g)
}
flow g { task t = shell("./t") timeout 1m }
"""
    )
    assert rows["a"] == ["none", "1", "unknown"]
    assert rows["for name × ?"] == ["≥", "3m"]
    assert rows["b"] == ["3m", "1", "3m"]
    assert rows["approve go"] == ["none", "unknown"]
    assert rows["other"] == ["1m", "1", "1m"]
    assert rows["GitHub, 6h a job: unknown, for a part is"] == []


def test_a_budget_bounds_what_nobody_knows() -> None:
    rows = table('flow f {\n  budget { time 7h }\n  task a = shell("./a")\n}\n')
    assert rows["in all"] == ["unknown"]
    assert "budget 7h: unknown, for a part is" in rows
    assert "GitHub, 6h a job: longer than one (by 1h)" in rows


def test_what_is_not_on_the_longest_path_stands_in_parentheses() -> None:
    rows = table(
        """flow f {
  input big: bool
  parallel {
    task a = shell("echo n=1 >> $WFC_OUTPUT") -> { n: int } timeout 2m
    task b = shell("./b", env: { N: a.n }) timeout 4m
    task c = shell("./c") timeout 5m
  }
  if big { task d = shell("./d") timeout 8m } else { task e = shell("./e") timeout 9m }
}
"""
    )
    # a and b take 6m one after the other, c takes 5m beside them
    assert rows["parallel"] == ["6m"]
    assert {"a", "b", "(c)", "(if)", "(d)", "else", "e"} <= rows.keys()
    assert rows["in all"] == ["15m"]


def test_polls_watches_fallbacks_and_sleeps() -> None:
    rows = table(
        """flow f {
  task a = shell("./a") timeout 3m until true every 1m within 10m
  task b = shell("./b") timeout 3m holds true every 1m for 7m
  task c = shell("./c") timeout 1m fallback shell("./d") { timeout 2m }
  task s = sleep(90s)
  for n in [1, 2, 3, 4, 5] max 2 { task t = shell("./t", env: { N: n }) timeout 1m }
}
"""
    )
    assert rows["+ until, within"] == ["10m"]
    assert rows["+ holds, for"] == ["7m"]
    assert rows["fallback"] == ["2m", "1", "2m"]
    assert rows["s"] == ["sleeps", "1m30s"]
    assert rows["for n × 3"] == ["3m"]
    # 13m + 10m + 3m + 1m30s + 3m
    assert rows["in all"] == ["30m30s"]


@pytest.mark.parametrize(
    ("clauses", "called", "row"),
    [
        # 10m + 2m + 5m of its parts
        ("", 'task a = shell("x") timeout 10m on failure { task b = shell("y") timeout 2m } '
         'finally { task c = shell("z") timeout 5m }', ["17m", "1", "17m"]),
        ("retry fixed(attempts: 3, every: 1m) idempotent", 'task a = shell("x") timeout 10m',
         ["10m", "3", "2m", "32m"]),
        ("timeout 4m", 'task a = shell("x") timeout 10m', ["4m", "1", "4m"]),
        ("timeout 4m", 'task a = shell("x")', ["4m", "1", "4m"]),
        ("", 'budget { time 7m } task a = shell("x")', ["7m", "1", "7m"]),
        ("", 'budget { time 7m } task a = shell("x") timeout 3m', ["3m", "1", "3m"]),
        ("", 'task a = shell("x")', ["unknown", "1", "unknown"]),
        ("", 'task a = shell("x") timeout 3m task b = shell("y")', ["≥", "3m", "1", "≥", "3m"]),
        ("", "task a = flow.run(f)", ["unknown", "1", "unknown"]),  # a circle
        # a and its undo 3m + 1m, b 5m
        ("", 'task a = shell("x") timeout 3m undo shell("u") { timeout 1m } task b = shell("y") timeout 5m',
         ["9m", "1", "9m"]),
    ],
)  # fmt: skip
def test_a_flow_that_is_run_counts_with_its_own_worst_case(clauses: str, called: str, row: list[str]) -> None:
    assert table(f"flow f {{ task other = flow.run(g) {clauses} }}\nflow g {{ {called} }}\n")["other"] == row


def test_undos_are_counted_once_for_each_item_and_in_one_arm() -> None:
    rows = table(
        """flow f {
  input big: bool
  for n in [1, 2, 3] { task a = shell("./a", env: { N: n }) timeout 1m undo shell("./u") { timeout 2m } }
  if big { task b = shell("./b") timeout 1m undo shell("./v") { timeout 4m } } else {
    task c = shell("./c") timeout 1m undo shell("./w") { timeout 3m }
  }
}
"""
    )
    # 3 × 2m + 4m; with 3 × 1m + 1m of the body
    assert rows["undos, one by one"] == ["10m"]
    assert rows["in all"] == ["14m"]


def test_the_longest_arm_of_a_match_counts() -> None:
    rows = table(
        """flow f {
  input size: "small" | "big"
  match size { "small" { task a = shell("./a") timeout 1m } "big" { task b = shell("./b") timeout 2m } }
}
"""
    )
    assert {"(match small)", "match big"} <= rows.keys()
    assert rows["in all"] == ["2m"]


def test_a_long_way_down_is_followed() -> None:
    flows = [f"flow f{at} {{ task t = flow.run(f{at + 1}) }}" for at in range(300)]
    write("f.wf", "\n".join([*flows, 'flow f300 { task t = shell("x") timeout 1m }\n']))
    done = wfc("check", "--explain-time", "f.wf")
    # of each flow its task, and the sum
    assert (done.code, done.out.count(" 1m\n"), done.out.count("unknown")) == (0, 602, 0), done.err


def test_clients_that_repeat_are_named() -> None:
    rows = table('flow f { task a = k8s.logs(resource: "pod/a") timeout 1m retry fixed(attempts: 2, every: 1m) }\n')
    assert "kubectl of a: a request is sent up to 2 × 11 times" in rows


def test_long_names_keep_their_columns() -> None:
    name = "a" * 60
    clauses = "timeout 40d retry fixed(attempts: 3, every: 3s) idempotent"
    rows = table(f'flow {name} {{ task {name} = shell("./a") {clauses} }}\n')
    (title,) = (title for title in rows if title.startswith("aaa"))
    assert title.split()[0].endswith("…")
    # 3 × 40d + 6s, rounded up to minutes
    assert rows["in all"] == ["120d1m"]


BROKEN = 'flow f { task a = shel("./a") }\n'
WHOLE = 'flow g { task b = shell("./b") timeout 1m }\nflow h { task c = flow.run(f) }\n'


@pytest.mark.parametrize(
    ("files", "shown", "code"),
    [
        ({"f.wf": BROKEN}, [], "WF102"),
        ({"f.wf": BROKEN + WHOLE}, ["g (f.wf)", "h (f.wf)"], "WF102"),
        ({"f.wf": BROKEN, "g.wf": WHOLE}, ["g (g.wf)", "h (g.wf)"], "WF102"),
        ({"f.wf": "flow f { task a = = }\n", "g.wf": WHOLE}, ["g (g.wf)", "h (g.wf)"], "WF001"),
    ],
)
@pytest.mark.parametrize("paths", [[], ["."]])
def test_a_flow_with_an_error_hides_no_other(
    files: dict[str, str], shown: list[str], code: str, paths: list[str]
) -> None:
    for name, text in files.items():
        write(name, text)
    done = wfc("check", "--explain-time", *paths)
    tables = done.out.split("\n\n") if done.out else []
    assert (done.code, [text.splitlines()[0].strip() for text in tables], code in done.err) == (1, shown, True)
    assert all("unknown" in text for text in tables if text.startswith("h "))


@pytest.mark.parametrize(
    "option", [["--fix"], ["--diff"], ["--output", "x"], ["--baseline", "x"], ["--format", "json"]]
)
def test_times_are_no_findings(option: list[str]) -> None:
    write("f.wf", "flow f { }\n")
    assert wfc("check", "--explain-time", *option, "f.wf").code == 2


def test_the_longest_path_names_its_statements() -> None:
    text = """flow f { parallel {
  task a = shell("echo n=1 >> $WFC_OUTPUT") -> { n: int } timeout 1m
  task b = shell("./b") timeout 3m
  task c = shell("./c", env: { N: a.n }) timeout 3m
  task d = shell("./d") timeout 2m after a
} }
"""
    project = load_texts([("f.wf", text)]).project
    stmt = project.flows[0].body[0]
    assert isinstance(stmt, Parallel)
    assert longest_path(stmt, Runs(project)) == (4 * 60_000, (0, 2))
