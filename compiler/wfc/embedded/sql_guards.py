"""The rows of an INSERT or MERGE against what keeps them from being added again.

A guard (`where not exists …`), a DELETE before it, or the key of a MERGE keeps the second run out only when it asks for
the very row that is inserted: each of its conditions has to hold of the values that the columns get.
"""

from __future__ import annotations

from wfc.embedded.sql_functions import is_volatile
from wfc.embedded.sql_objects import table_name
from wfc.embedded.sql_rows import Row, bare, conjuncts, equalities, merged_rows, plain, rows_of, same
from wfc.embedded.verdict import ORDER, SAFE, UNKNOWN, UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlglot import exp

    IsOwn = Callable[[exp.Expr], bool]
    """Is an expression a column of the table that is asked, or changed?"""


RESHAPED = ("joins", "group", "having", "limit", "offset", "with_")
"""Parts of a query by which it gives other rows than those of its table that its WHERE lets through."""


def keeps_out(conditions: list[exp.Expr], row: Row, is_own: IsOwn) -> str:
    """What asking for a row with these conditions does to the second run.

    SAFE: the row that was inserted is found. UNSAFE: it never is, for a constant differs.
    """
    told = SAFE
    for condition in conditions:
        for pair in equalities(condition) or [(condition, condition)]:
            own = [is_own(side) for side in pair]
            if sum(own) != 1:
                told = UNKNOWN
                continue
            column, wanted = pair if own[0] else pair[::-1]
            found = row.gives(column.name.lower(), wanted)
            if found is False:
                return UNSAFE
            told = told if found else UNKNOWN
    return told


def guard(tree: exp.Insert, name: str) -> str:
    """What the guard of an INSERT … SELECT makes of its second run; "" when it asks nothing of the table itself."""
    from sqlglot import exp

    source, rows = tree.expression, rows_of(tree)
    if isinstance(source, exp.Except):
        return excepted(tree, source, name)
    if not isinstance(source, exp.Select) or len(rows) != 1:
        return ""
    found = ""
    for condition in conjuncts(source.args.get("where")):
        asked = missing(condition, rows[0], name) or unjoined(condition, source, rows[0], name)
        if asked == SAFE:
            return SAFE
        found = asked if found in ("", asked) else UNKNOWN
    return found


def missing(condition: exp.Expr, row: Row, name: str) -> str:
    """The guards `not exists (select … from t …)`, `x not in (select y from t …)` and `x <> all (…)`; "" for others."""
    from sqlglot import exp

    outer: exp.Expr | None = None
    inner: exp.Expr | None = None
    match condition:
        case exp.Not(this=exp.Exists() as exists):
            inner = exists.this
        case exp.Not(this=exp.In() as within):
            outer, inner = within.this, within.args.get("query")
        case exp.NEQ(left=left, right=exp.All() as every):
            outer, inner = left, every.this
        case _:
            return ""
    inner = inner.unnest() if inner is not None else None
    if not isinstance(inner, exp.Select) or table_name(inner.args.get("from_")) != name:
        return ""
    if any(inner.args.get(part) for part in RESHAPED):
        return UNKNOWN
    told = keeps_out(conjuncts(inner.args.get("where")), row, own_columns(inner.args["from_"].this, True))
    if outer is None:
        return told
    asked = inner.expressions[0] if len(inner.expressions) == 1 else None
    found = row.gives(asked.name.lower(), outer) if isinstance(asked, exp.Column) else None
    return told if found else UNKNOWN


def own_columns(table: exp.Expr, unqualified: bool) -> IsOwn:
    """Is an expression a column of this table? unqualified: also one that names no table."""
    from sqlglot import exp

    names = {table.alias_or_name.lower(), "" if unqualified else table.alias_or_name.lower()}
    return lambda node: isinstance(node, exp.Column) and node.table.lower() in names


def unjoined(condition: exp.Expr, source: exp.Select, row: Row, name: str) -> str:
    """The guard `left join t on … where t.x is null`; "" for others."""
    from sqlglot import exp

    column = condition.this
    if not (isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)):
        return ""
    for join in source.args.get("joins") or ():
        alias = join.this.alias_or_name.lower()
        if join.side != "LEFT" or table_name(join.this) != name or not isinstance(column, exp.Column):
            continue
        if column.table.lower() != alias:
            continue
        own = own_columns(join.this, False)
        conditions = conjuncts(join.args.get("on"))
        for part in join.args.get("using") or ():
            conditions.append(exp.EQ(this=exp.column(part.name, alias), expression=exp.column(part.name)))
        keys = {part.name.lower() for one in conditions for part in one.find_all(exp.Column) if own(part)}
        # a column that the insert leaves empty is empty in the rows that it has inserted, too
        filled = column.name.lower() in {*keys, "id", *(row.columns or ())}
        return keeps_out(conditions, row, own) if conditions and filled else UNKNOWN
    return ""


def excepted(tree: exp.Insert, source: exp.Except, name: str) -> str:
    """The guard `select … except select … from t`; "" for another table."""
    from sqlglot import exp

    right = source.expression.unnest()
    if not isinstance(right, exp.Select) or table_name(right.args.get("from_")) != name:
        return ""
    whole = not any(right.args.get(part) for part in (*RESHAPED, "where", "distinct"))
    listed = [part.name.lower() for part in getattr(tree.this, "expressions", ())]
    asked = [one.name.lower() for one in right.expressions if isinstance(one, exp.Column)]
    same_columns = right.is_star if not listed else asked == listed
    return SAFE if whole and same_columns and not is_volatile(source.this) else UNKNOWN


def covers(delete: exp.Delete, write: exp.Insert) -> bool:
    """Does a DELETE take away all that an INSERT into the same table adds?"""
    scoped, rows = scopes(delete), rows_of(write)
    if scoped is None or not rows:
        return False
    conditions, source = scoped
    return all(
        source in ("", row.table) and all(is_met(condition, own, row) for condition, own in conditions) for row in rows
    )


def scopes(delete: exp.Delete) -> tuple[list[tuple[exp.Expr, IsOwn]], str] | None:
    """(the conditions of a DELETE, each with what is a column of its table in it; the other table that it asks).

    `using s where t.id = s.id`, `id in (select id from s …)` and `exists (select … from s …)` say the same: their
    conditions are put in a row. None for several other tables and queries of other forms.
    """
    from sqlglot import exp

    sources = {table_name(table) for table in delete.args.get("using") or []}
    inside, found = own_columns(delete.this, False), []
    for condition in conjuncts(delete.args.get("where")):
        query = condition.args.get("query") if isinstance(condition, exp.In) else None
        query = condition.this if isinstance(condition, exp.Exists) else query
        inner = query.unnest() if query is not None else None
        if inner is None:
            found.append((condition, own_columns(delete.this, True)))
            continue
        if not isinstance(inner, exp.Select) or any(inner.args.get(part) for part in RESHAPED):
            return None
        sources.add(table_name(inner.args.get("from_")))
        if isinstance(condition, exp.In):
            asked = exp.column(inner.expressions[0].name, "?")
            found.append((exp.EQ(this=condition.this.copy(), expression=asked), own_columns(delete.this, True)))
            if len(inner.expressions) != 1 or not isinstance(inner.expressions[0], exp.Column):
                return None
        found += [(one, inside) for one in conjuncts(inner.args.get("where"))]
    return (found, next(iter(sources), "")) if len(sources) < 2 else None


def is_met(condition: exp.Expr, is_own: IsOwn, row: Row) -> bool:
    """Does a row meet one condition of a DELETE: by the value of a column, or by a condition of its own source?"""
    from sqlglot import exp

    if isinstance(condition, exp.Or):
        sides = (condition.left, condition.right)
        return any(all(is_met(one, is_own, row) for one in conjuncts(side)) for side in sides)
    if is_volatile(condition):
        return False
    pairs = [
        (column.name.lower(), plain(wanted))
        for pair in equalities(condition) or ()
        for column, wanted in (pair, pair[::-1])
        if is_own(column) and not is_own(wanted)
    ]
    if pairs and all(row.gives(column, wanted) for column, wanted in pairs):
        return True
    columns = [one for one in condition.find_all(exp.Column) if is_own(one)]
    if any(row.value(one.name.lower()) is None for one in columns):
        return False
    told = condition.transform(lambda node: (row.value(node.name.lower()) or node).copy() if is_own(node) else node)
    return any(same(plain(told), plain(one)) for one in row.conditions)


def repeats(assignments: Iterable[tuple[str, exp.Expr]], rows: list[Row], new: frozenset[str]) -> bool:
    """Does the second run of an upsert set what the first has inserted? new: names of the row that is offered.

    (column, value) of DO UPDATE, those that read the old row left out. A stamp of the last run may differ.
    """
    from sqlglot import exp

    for column, value in assignments:
        if is_volatile(value) and not is_volatile(value, clock=False):
            continue
        if offered(value, new) == column:
            continue
        unset = bool(rows) and all(row.columns is not None and column not in row.columns for row in rows)
        if unset and isinstance(bare(value), exp.Null):
            continue
        if not rows or not all(row.gives(column, filled(value, row, new)) for row in rows):
            return False
    return True


def offered(node: exp.Expr, new: frozenset[str]) -> str:
    """The column of the offered row that an expression is: `excluded.n`, MySQL's `values(n)`; "" for another."""
    from sqlglot import exp

    node = bare(node)
    if isinstance(node, exp.Column):
        return node.name.lower() if node.table.lower() in new else ""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "values" and len(node.expressions) == 1:
        return str(node.expressions[0].name.lower())
    return ""


def filled(value: exp.Expr, row: Row, new: frozenset[str]) -> exp.Expr:
    """A value of DO UPDATE with what the offered row has put in."""

    def one(node: exp.Expr) -> exp.Expr:
        known = row.value(offered(node, new)) if offered(node, new) else None
        return node if known is None else known.copy()

    return value.transform(one)


def keyed(tree: exp.Merge) -> str:
    """What the ON of a MERGE makes of its second run: does it find the rows that the first has inserted?"""
    from sqlglot import exp

    own, on = own_columns(tree.this, False), tree.args["on"]
    if isinstance(on, exp.Boolean) and not on.this and merged_rows(tree):
        return UNSAFE
    found = [keeps_out(conjuncts(on), row, own) for row in merged_rows(tree)]
    return max(found, key=ORDER.index, default=SAFE)
