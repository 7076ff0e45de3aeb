"""What is nested deep, or huge, in code inside of flows and in files beside them: an answer in time, never a traceback.

Each text is checked by itself under `production`. The verdict is what its reader says of a second run: of what is too
much nobody knows, and it is never called harmless.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import wfc, write
from fuzz.invariants import watchdog
from wfc.checks.python_twice import classify as of_python
from wfc.embedded.shell import classify as of_shell
from wfc.embedded.sql import classify as of_sql
from wfc.text import quoted

SECONDS = 2.0
"""Of CPU time, parsers loaded; the slowest takes about a second on a busy machine."""

SQL = {
    "brackets": ("update t set a = " + "(" * 1000 + "1" + ")" * 1000, "unknown"),
    "brackets that never close": ("insert into t select " + "(" * 50_000, "unknown"),
    "500 subqueries": ("insert into t " + "select * from (" * 500 + "select 1" + ") as s" * 500, "unknown"),
    "500 WITH in each other": (
        "insert into t " + "with a as (" * 500 + "select 1" + ") select * from a" * 500,
        "unknown",
    ),
    "5,000 summands": ("update t set a = " + " + ".join("a" * 5000), "unknown"),
    "3,000 joined texts": ("update t set a = " + " || ".join("a" * 3000), "unknown"),
    "10,000 rows": ("insert into t values " + ", ".join(["(1, 'x')"] * 10_000), "unknown"),
    "1,000 rows": ("insert into t values " + ", ".join(["(1, 'x')"] * 1000), "unsafe"),
    "200 summands": ("update t set a = " + " + ".join("a" * 200), "unsafe"),
    "functions in a DELETE": ("delete from t where a = " + "lower(" * 800 + "a" + ")" * 800, "unknown"),
    "a long word": ("select " + "a" * 200_000, "read"),
    "comments that never close": ("select " + "/* * " * 5000, "read"),
    "dollar quotes that never close": ("update t set a = " + " ".join(f"$a{n}$" for n in range(5000)), "unknown"),
    "600 statements": ("; ".join(["update t set a = 1"] * 600), "unknown"),
}
SHELL = {
    "500 substitutions": ("x=" + "$( echo " * 500 + "1" + ")" * 500, "unknown"),
    "substitutions that never close": ("$(" * 20_000, "unknown"),
    "1,000 if": ("if [ -f a ]; then echo 1 >> /srv/x; fi\n" * 1000, "unsafe"),
    "1,000 if in each other": ("if true; then " * 1000 + "rm x" + "; fi" * 1000, "unknown"),
    "braces": ("{ " * 1000 + "rm x;" + " }; " * 1000, "unknown"),
    "functions that call two": ("".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}\n" for n in range(200)) + "f0", "unknown"),
    "variables that double": ("a0=x\n" + "".join(f'a{n + 1}="$a{n}$a{n}"\n' for n in range(40)) + "cat $a40", "read"),
    "3,000 flags": ("curl " + "-H 'a: b' " * 3000 + "https://x.example.com", "unknown"),
    "SQL in brackets": ('psql -c "update t set a = ' + "(" * 500 + "1" + ")" * 500 + '"', "unknown"),
}
PYTHON = {
    "150 lists": ("return " + "[" * 150 + "]" * 150, "read"),
    "2,000 lists": ("return " + "[" * 2000 + "]" * 2000, "unknown"),
    "50,000 summands": ("return " + "+".join("a" * 50_000), "unknown"),
    "5,000 attributes": ("return a" + ".b" * 5000, "unknown"),
    "5,000 not": ("return " + "not " * 5000 + "a", "read"),
    "300 blocks": ("".join(" " * n + "if a:\n" for n in range(300)) + " " * 300 + "return 1", "unknown"),
    "2,000 elif": ("if a:\n  return 1\n" + "elif a:\n  return 2\n" * 2000, "read"),
    "a long number": ("return " + "9" * 10_000, "unknown"),
}
CALLS = {
    "sql": "sql.execute(url: db, sql: {})",
    "shell": 'shell({}, env: {{ T: db, A: "x" }}) retry fixed(attempts: 2, every: 1s)',
    "python": "python({}, args: {{ token: db, a: 1 }})",
}
READERS = {"sql": of_sql, "shell": of_shell, "python": lambda text: of_python(text, ["token", "a"])}
TEXTS = [
    pytest.param(kind, text, verdict, id=f"{kind}: {name}")
    for kind, rows in (("sql", SQL), ("shell", SHELL), ("python", PYTHON))
    for name, (text, verdict) in rows.items()
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("kind", "text", "verdict"), TEXTS)
def test_code_inside_of_flows(kind: str, text: str, verdict: str) -> None:
    of_sql("insert into t values (1)"), of_shell("a"), of_python("return 1", [])  # loads the parsers
    call = CALLS[kind].format(quoted(text))
    write("f.wf", f'flow f {{ on schedule("0 5 * * *", timezone: "UTC") secret db task a = {call} timeout 1m }}\n')
    with watchdog(SECONDS):
        done = wfc("check", "--no-cache", "--preset", "production", "--format", "concise")
    assert done.code in (0, 1), done.err
    assert READERS[kind](text).kind == verdict


LISTS = "[" * 100_000 + "]" * 100_000
TABLES = '{"a":' * 100_000 + "1" + "}" * 100_000
FILES = [
    ("flow.json", LISTS, "nested too deep for a dumped flow"),
    ("flow.json", TABLES, "nested too deep for a dumped flow"),
    ("flow.json", '{"schema": ' + "9" * 5000 + "}", "more digits than can be read"),
    ("flow.json", json.dumps({"schema": "x" * 5000}), "`schema` is 'xxxxxx"),
    ("known.json", LISTS, "nested too deep for a baseline"),
    ("known.json", TABLES, "nested too deep for a baseline"),
    ("known.json", '{"version": ' + "9" * 5000 + "}", "more digits than can be read"),
    ("known.json", '{"version": ' + "[" * 500 + "]" * 500 + ', "findings": []}', "this wfc reads 1"),
    ("wfc.toml", f"a = {LISTS}", "nested too deep for settings"),
    ("wfc.toml", "a = " + "{a = " * 100_000, "nested too deep for settings"),
    ("wfc.toml", "a = " + "9" * 5000, "more digits than can be read"),
    ("wfc.toml", "[check]\nselect = " + "[" * 500 + "]" * 500, "`check.select` is a list of texts"),
    ("wfc.toml", "[check.commands]\nx = " + "{a = " * 90 + "1" + "}" * 90, "[check.commands] x a is {'a'"),
    (
        "wfc.toml",
        "[target.kestra]\nlabels = " + "[" * 300 + "]" * 300,
        "there is no option of [target.kestra] `labels`",
    ),
    ("wfc.toml", "[" + "a." * 2000 + "a]", "there is no setting `a`"),
]
WORDS = {"flow.json": ("flow.json",), "known.json": ("--baseline", "known.json", "f.wf"), "wfc.toml": ()}


@pytest.mark.parametrize(("name", "text", "said"), FILES, ids=[f"{name}: {text[:20]}" for name, text, _ in FILES])
def test_files_beside_flows(name: str, text: str, said: str) -> None:
    write("f.wf", "flow f { task a = sleep(1m) }\n")
    write(name, text)
    with watchdog(SECONDS):
        done = wfc("check", *WORDS[name])
    shown = " ".join((done.out + done.err).split())
    assert done.code in (1, 2), shown[:500]
    assert said in shown, shown[:500]
    assert len(shown) < 1000
