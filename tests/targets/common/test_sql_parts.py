"""Parameters in SQL texts: one reading for the check and all targets. Expected by PostgreSQL's lexical rules (4.1)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import wfc_targets
from wfc.embedded.sql_parts import PARTS, parameters
from wfc_targets.github.operations import parameters as psql
from wfc_targets.kestra.sql import bound, is_several

HELPER = Path(wfc_targets.__file__).parent / "airflow" / "wfc_airflow.py.txt"


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select :a, :a+:b", ["a", "a", "b"]),
        ("select :a::int, b::c", ["a"]),
        ("select d[1:2], d[1:n], d[lo:hi], d[1: :a]", ["a"]),
        ("select ':a', 'it''s :a', \":a\", \"x\"\":a\", :b", ["b"]),
        ("select E'it\\'s :a', e'\\\\', :b", ["b"]),
        ("select 'back\\', :b, 'x'", ["b"]),
        ("select 1 -- :a; it's\n, :b /* :c; ' */", ["b"]),
        ("select $$:a$$, $t$ $$ :a $t$, :b", ["b"]),
        ("select a$b, :c, d$b", ["c"]),
        ("select $1, :a, $1", ["a"]),
        ("select 7 % 4, :a like '%'", ["a"]),
        ("select :_a1, :1", ["_a1"]),
        ("select j ->> ':a', j -> :b", ["b"]),
    ],
)
def test_parameters(sql: str, names: list[str]) -> None:
    assert list(parameters(sql)) == names


def test_airflow_reads_them_alike() -> None:
    """The helper runs where wfc is not installed, and so has the pattern written out."""
    values = {
        node.targets[0].id: node.value
        for node in ast.parse(HELPER.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    made = values["SQL_PARTS"]
    assert isinstance(made, ast.Call)
    assert (ast.literal_eval(made.args[0]), ast.unparse(made.args[1])) == (PARTS.pattern, "re.DOTALL")
    assert PARTS.flags & re.DOTALL


@pytest.mark.parametrize(
    ("sql", "kestra", "github"),
    [
        ("d[1:2] = :n", "d[1:2] = %(n)s", "d[1:2] = :'n'::bigint"),
        ("d[1:n] = :n", "d[1:n] = %(n)s", "d[1\\:n] = :'n'::bigint"),
        ("7 % 4 = :n::int", "7 %% 4 = %(n)s::int", "7 % 4 = :'n'::bigint::int"),
        ("a = ':n %' -- :n %", "a = ':n %%' -- :n %%", "a = ':n %' -- :n %"),
    ],
)
def test_how_the_targets_write_them(sql: str, kestra: str, github: str) -> None:
    assert (bound(sql), psql(sql, {"n": "::bigint"})) == (kestra, github)


@pytest.mark.parametrize(
    ("sql", "several"),
    [
        ("select 1;", False),
        ("select ';' -- ;", False),
        ("select $$;$$", False),
        ("select E'\\';'", False),
        ("a; b", True),
    ],
)
def test_several_statements(sql: str, several: bool) -> None:
    assert is_several(sql) is several
