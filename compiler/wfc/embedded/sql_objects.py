"""Tables, views, columns and the like through a text: which statement fails because its first run has been there."""

from __future__ import annotations

from wfc.patterns import IGNORECASE, ready
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlglot import exp

RELATIONS = ("TABLE", "VIEW", "SEQUENCE", "INDEX")
"""Kinds that share one name space, as in PostgreSQL."""


class Change(Record):
    """A statement wants a thing to be there, or not to be there (None: either), and leaves it there, or not.

    thing: a name with its kind, unique. parent: the table or schema with which it goes away. temporary: gone when the
    session ends. moved_from: the thing that bore another name before.
    """

    thing: str
    wants: bool | None
    leaves: bool
    parent: str = ""
    temporary: bool = False
    moved_from: str = ""


def table_name(node: exp.Expr | None) -> str:
    """`schema.table` in small letters, without quotes and without PostgreSQL's `public`; "" for what is no table."""
    from sqlglot import exp

    table = node if isinstance(node, exp.Table) else node.find(exp.Table) if node is not None else None
    if table is None:
        return ""
    parts = [part for part in (table.catalog, table.db, table.name) if part]
    return ".".join(parts).lower().removeprefix("public.")


def is_temporary(tree: exp.Expr) -> bool:
    """Does a CREATE or SELECT INTO make a table of this session only?"""
    from sqlglot import exp

    into = tree.args.get("into")
    return tree.find(exp.TemporaryProperty) is not None or (into is not None and bool(into.args.get("temporary")))


def changes(tree: exp.Expr) -> list[Change] | None:
    """What a definition wants and leaves; [] when it can always be run again; None when nobody can tell."""
    from sqlglot import exp

    if isinstance(tree, exp.Create):
        return created(tree)
    if isinstance(tree, exp.Drop):
        return dropped(tree)
    if isinstance(tree, exp.Alter):
        name = f"relation {table_name(tree.this)}"
        found: list[Change] = []
        for action in tree.args.get("actions") or ():
            part = altered(action, name)
            if part is None:
                return None
            found += part
        return found or None
    return None


def created(tree: exp.Create) -> list[Change]:
    """What a CREATE wants and leaves."""
    from sqlglot import exp

    kind = str(tree.args.get("kind") or "").upper()
    wants = None if tree.args.get("exists") or tree.args.get("replace") else False
    if kind == "INDEX" and isinstance(tree.this, exp.Index):
        parent = f"relation {table_name(tree.this.args.get('table'))}"
        # an index without a name gets another one each time, and is there twice
        name = tree.this.name.lower() or "?"
        return [Change(f"relation {name}", wants, True, parent)]
    thing = thing_of(kind, tree.this)
    schema = thing.partition(" ")[2].rpartition(".")[0]
    first = [Change(thing, None, False)] if tree.args.get("replace") else []
    return [*first, Change(thing, wants, True, f"schema {schema}" if schema else "", is_temporary(tree))]


def thing_of(kind: str, node: exp.Expr) -> str:
    """`relation marts.sales`, `schema marts`, `function add`."""
    family = "relation" if kind in RELATIONS else kind.lower()
    return f"{family} {table_name(node) or node.name.lower()}"


def dropped(tree: exp.Drop) -> list[Change]:
    """What a DROP wants and leaves."""
    wants = None if tree.args.get("exists") else True
    kind = str(tree.args.get("kind") or "").upper()
    named = tree.args.get("tables") or [tree.this]
    return [Change(thing_of(kind, node), wants, False) for node in named if node is not None]


def altered(action: exp.Expr, table: str) -> list[Change] | None:
    """What one action of ALTER TABLE wants and leaves."""
    from sqlglot import exp

    match action:
        case exp.ColumnDef():
            wants = None if action.args.get("exists") else False
            return [Change(f"column {table} {action.name.lower()}", wants, True, table)]
        case exp.Drop():
            wants = None if action.args.get("exists") else True
            kind = str(action.args.get("kind") or "column").lower()
            named = action.args.get("tables") or [action.this]
            return [Change(f"{kind} {table} {node.name.lower()}", wants, False, table) for node in named]
        case exp.AlterRename():
            schema = table.partition(" ")[2].rpartition(".")[0]
            new = table_name(action.this)
            new = f"relation {schema}.{new}" if schema and "." not in new else f"relation {new}"
            return [Change(table, True, False), Change(new, False, True, moved_from=table)]
        case exp.RenameColumn():
            old, new = action.this.name.lower(), action.args["to"].name.lower()
            return [
                Change(f"column {table} {old}", True, False, table),
                Change(f"column {table} {new}", False, True, table),
            ]
        case exp.AddConstraint():
            named = [part for part in action.expressions if isinstance(part, exp.Constraint)]
            if len(named) != len(action.expressions):
                return None
            return [Change(f"constraint {table} {part.name.lower()}", False, True, table) for part in named]
        case exp.AlterColumn():
            # a type changed with USING computes each value from the old one
            return None if action.args.get("using") else [Change(f"set {table}", None, True, table)]
        case _:
            return None


def failing(steps: Iterable[tuple[int, list[Change]]]) -> set[int]:
    """The numbers of the statements that fail in a second run, after a first one that went well.

    steps: (number of the statement, what it wants and leaves), in order. What a text wants first of a thing is taken
    to be so before the first run.
    """
    known = list(steps)
    there: dict[str, bool] = {}
    parents: dict[str, str] = {}
    failed = {number for number, _ in run(known, there, parents)}
    session = {change.thing for _, of_one in known for change in of_one if change.temporary}
    for thing in session:
        there[thing] = False
    return failed | {number for number, _ in run(known, there, parents)}


def run(
    steps: list[tuple[int, list[Change]]], there: dict[str, bool], parents: dict[str, str]
) -> Iterator[tuple[int, Change]]:
    """The changes that do not find what they want; there, parents: the state before, and after."""
    for number, of_one in steps:
        for change in of_one:
            if change.wants is not None and there.get(change.thing, change.wants) != change.wants:
                yield number, change
            there[change.thing] = change.leaves
            if change.parent:
                parents[change.thing] = change.parent
            if change.moved_from:
                follow(change, parents)
            elif not change.leaves:
                gone = [thing for thing, parent in parents.items() if parent == change.thing]
                for thing in gone:
                    there[thing] = False
                    gone += [child for child, parent in parents.items() if parent == thing and child not in gone]


def follow(change: Change, parents: dict[str, str]) -> None:
    """After a rename the indexes of the table, which keep their names, belong to the new name."""
    for thing, parent in list(parents.items()):
        if parent == change.moved_from:
            parents[thing] = change.thing


GUARDABLE = ready(
    r"(create|drop)\s+(?:(?:unlogged|transient|unique)\s+)?(table|view|schema|database|sequence|type|function|extension"
    r"|materialized\s+view|index)(?:\s+concurrently)?\s+",
    IGNORECASE,
)
FILLED = ready(r"\bas\s+(?:select|with|table|values|\()", IGNORECASE)

MAKES = {
    "postgres": "table schema sequence extension index materialized",
    "mysql": "table schema database",
    "sqlite": "table view index",
    "snowflake": "table schema database sequence",
    "bigquery": "table schema",
    "redshift": "table schema",
    "duckdb": "table schema sequence index",
    "clickhouse": "table database",
    "trino": "table schema",
    "databricks": "table schema database",
}
"""What CREATE … IF NOT EXISTS makes, by the CREATE pages of each database's reference; T-SQL and Oracle 19c have none.

MariaDB's indexes are left out, for its URL may be MySQL's, and `view` where OR REPLACE is the usual form.
"""
TAKES = {
    "postgres": "table view schema database sequence type function extension index materialized",
    "mysql": "table view schema database function",
    "sqlite": "table view index",
    "snowflake": "table view schema database sequence materialized",
    "bigquery": "table view schema function materialized",
    "redshift": "table view schema",
    "duckdb": "table view schema sequence type index",
    "clickhouse": "table view database",
    "tsql": "table view schema database sequence type function index",
    "trino": "table view schema materialized",
    "databricks": "table view schema database function",
}
"""What DROP … IF EXISTS takes away, by the DROP pages of the same; T-SQL since SQL Server 2016, Oracle 19c nothing."""


def guard(text: str, dialect: str) -> tuple[int, str] | None:
    """(offset, words) that make a CREATE or DROP harmless the second time; None where this database has no such words.

    A table that is made of a query gets none: IF NOT EXISTS would keep the rows of the first run.
    """
    found = GUARDABLE.match(text)
    if found is None:
        return None
    drops = found[1].lower() == "drop"
    if found[2].lower().split()[0] not in (TAKES if drops else MAKES).get(dialect, "").split():
        return None
    if not drops and (FILLED.search(text) or text[found.end() :].lower().startswith("on ")):
        return None  # PostgreSQL wants a name of an index that it should not make twice
    words = "if exists " if drops else "if not exists "
    return found.end(), words.upper() if text[:4].isupper() else words
