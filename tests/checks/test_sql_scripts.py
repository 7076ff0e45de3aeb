"""SQL in scripts: WF406 and WF407 on both sides of their edges, and the places that they name."""

from __future__ import annotations

import pytest

from wfc.check import run_checks
from wfc.pipeline import load_texts

INSERT = 'psql -c "insert into sales select * from stage"'
RELATIVE = "mysql -e 'update stock set n = n - 1 where id = 3'"
TEXTS = [
    # (the script, the code that is found, "" for none, and the place that it names)
    (INSERT, "WF406", INSERT),
    (RELATIVE, "WF407", RELATIVE),
    ("psql <<SQL\ninsert into sales values (1);\nSQL", "WF406", "psql"),
    ("sqlite3 /srv/a.db 'insert into sales values (1)'", "WF406", "sqlite3 /srv/a.db 'insert into sales values (1)'"),
    ("make data\n" + INSERT + "\nmake more", "WF406", INSERT),
    ('psql -c "insert into $TABLE values (1)"', "WF406", 'psql -c "insert into $TABLE values (1)"'),
    ('psql -c "insert into sales values (1) on conflict do nothing"', "", ""),
    ('psql -c "truncate sales"\n' + INSERT, "", ""),
    ('psql -c "truncate sales; insert into sales select * from stage"', "", ""),
    ('psql -c "delete from sales where day = 1"\npsql -c "insert into other values (1)"', "WF406", ""),
    (f'psql -tc "select 1 from sales" | grep -q 1 || {INSERT}', "", ""),
    (f"psql -f prepare.sql\n{INSERT}", "", ""),
    (f"createdb shop\n{INSERT}", "", ""),
    ("sqlite3 /tmp/a.db 'insert into sales values (1)'", "", ""),
    ("sqlite3 a.db 'insert into sales values (1)'", "", ""),
    ("sqlite3 :memory: 'insert into sales values (1)'", "", ""),
    ('psql -c "update stock set n = 4 where id = 3"', "", ""),
    ('psql -c "select * from sales"', "", ""),
    ('psql -c "$QUERY"', "", ""),
    ("echo insert into sales values 1", "", ""),
]
FLOW = 'flow f {{\n  on {}\n  task a = shell("""\n{}\n  """) {}\n}}\n'
SCHEDULE = 'schedule("0 5 * * *", timezone: "UTC")'


def found(script: str, trigger: str = SCHEDULE, clauses: str = "") -> list[tuple[str, str]]:
    """(code, line) of what the two checks find in a flow with a script."""
    body = "\n".join(f"    {line}" for line in script.replace("{", "{{").replace("}", "}}").split("\n"))
    loaded = load_texts([("f.wf", FLOW.format(trigger, body, clauses))])
    assert not loaded.diagnostics, loaded.diagnostics
    source = loaded.sources["f.wf"].text
    items = run_checks(loaded.project, ["WF406", "WF407"])
    return [(one.code, source[one.span.start : one.span.end]) for one in items]


@pytest.mark.parametrize(("script", "code", "line"), TEXTS, ids=[text[:50] for text, _, _ in TEXTS])
def test_scripts(script: str, code: str, line: str) -> None:
    items = found(script)
    assert [one for one, _ in items] == ([code] if code else [])
    assert not line or items == [(code, line)]


@pytest.mark.parametrize(
    ("trigger", "clauses"),
    [
        pytest.param("manual()", "", id="only a person starts it"),
        pytest.param(SCHEDULE, 'effect unsafe "each run adds its rows"', id="the author has answered"),
        pytest.param(SCHEDULE, "retry fixed(attempts: 3, every: 1s)", id="WF303 tells of what is retried"),
    ],
)
def test_left_out(trigger: str, clauses: str) -> None:
    assert found(INSERT, trigger, clauses) == []
