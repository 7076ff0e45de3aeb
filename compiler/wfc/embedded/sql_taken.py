"""The rows that a SQL text takes away, and the tables that get rows."""

from __future__ import annotations

from wfc.embedded.sql import statements
from wfc.embedded.sql_around import added, tables
from wfc.embedded.sql_objects import is_temporary, table_name
from wfc.embedded.sql_writes import is_settled
from wfc.patterns import IGNORECASE, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot import exp

TAKES = ready(r"\b(?:truncate|delete|create)\b", IGNORECASE)


def targets(text: str, dialect: str) -> frozenset[str]:
    """The tables to which the statements of a text add rows, in small letters."""
    trees = [one.tree for one in statements(text, dialect) or ()]
    return frozenset(name for tree in trees if tree is not None for name in added(tree))


def taken(text: str, dialect: str) -> tuple[tuple[str, str], ...]:
    """(table, DELETE with a filter, or "" where all rows go) for the statements of a text, in order.

    All rows go by TRUNCATE, DELETE without a filter, or with one that always holds, and by a table that is made anew.
    """
    from sqlglot import exp

    if not TAKES.search(text):
        return ()
    found: list[tuple[str, str]] = []
    for one in statements(text, dialect) or ():
        match one.tree:
            case exp.TruncateTable():
                found += [(name, "") for name in sorted(tables(one.tree))]
            case exp.Delete() if is_settled(one.tree) and not one.tree.args.get("with_"):
                found.append((table_name(one.tree.this), "" if takes_all(one.tree) else one.text))
            case exp.Create() if is_made_anew(one.tree):
                found.append((table_name(one.tree.this), ""))
            case _:
                pass
    return tuple(found)


def takes_all(tree: exp.Delete) -> bool:
    """Has a DELETE no filter, `where true` or `where 1 = 1`?"""
    from sqlglot import exp

    if tree.args.get("using"):
        return False
    where = tree.args.get("where")
    test = where.this.unnest() if where is not None else exp.true()
    equal = isinstance(test, exp.EQ) and isinstance(test.left, exp.Literal) and test.left == test.right
    return equal or test == exp.true()


def is_made_anew(tree: exp.Create) -> bool:
    """Does a CREATE leave a table for other sessions that has no rows of an earlier run?"""
    made = str(tree.args.get("kind")).upper() == "TABLE" and not tree.args.get("exists")
    return made and not is_temporary(tree)
