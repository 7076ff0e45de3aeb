"""INSERT, UPDATE, DELETE and MERGE: what the second run of one of them does."""

from __future__ import annotations

from wfc.embedded import sql_guards
from wfc.embedded.sql_around import reads, tables
from wfc.embedded.sql_functions import is_own, is_volatile, relation
from wfc.embedded.sql_objects import table_name
from wfc.embedded.sql_rows import merged_rows, rows_of
from wfc.embedded.verdict import ORDER, SAFE, UNKNOWN, UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from wfc.embedded.sql_around import Around

ADDS = "adds the rows again"
MOST_DELETES = 8
"""So many of the DELETEs before an INSERT are held against it, the last ones: a long text stays linear."""


def worst(verdicts: Iterable[str]) -> str:
    """The worst of some verdicts, SAFE for none."""
    return max(verdicts, key=ORDER.index, default=SAFE)


def own_names(table: exp.Expr | None) -> frozenset[str]:
    """How a statement can call the table that it changes: its name and its alias, in small letters."""
    from sqlglot import exp

    found = table if isinstance(table, exp.Table) else table.find(exp.Table) if table is not None else None
    return frozenset(name.lower() for name in (found.name, found.alias) if name) if found is not None else frozenset()


def columns_set(assignments: Iterable[exp.Expr]) -> list[tuple[str, exp.Expr]]:
    """(column in small letters, value) of each `a = …` of a SET."""
    from sqlglot import exp

    return [
        (one.this.name.lower(), one.expression)
        for one in assignments
        if isinstance(one, exp.EQ) and isinstance(one.this, exp.Column)
    ]


def relative(
    assignments: list[exp.Expr], table: exp.Expr | None, where: exp.Expr | None, extra: Iterable[str] = ()
) -> str:
    """What doing a SET twice is. where: its filter; one that reads a changed column may keep the second run out."""
    from sqlglot import exp

    pairs = columns_set(assignments)
    if len(pairs) != len(assignments):
        return UNKNOWN
    names, changed = own_names(table) | frozenset(extra), {name for name, _ in pairs}
    found = worst(relation(value, name, changed, names) for name, value in pairs)
    guarded = where is not None and any(part.name.lower() in changed for part in where.find_all(exp.Column))
    return UNKNOWN if found == UNSAFE and guarded else found


def judged(tree: exp.Expr, around: Around) -> tuple[str, str, str]:
    """(kind, verdict, effect) of an INSERT, UPDATE, MERGE or DELETE; effect: what the second run does."""
    from sqlglot import exp

    match tree:
        case exp.Insert():
            return insert(tree, around)
        case exp.Update():
            return update(tree, around)
        case exp.Merge():
            return merge(tree, around)
        case exp.Delete():
            return delete(tree)
        case _:
            return "unparsed", UNKNOWN, ""


def insert(tree: exp.Insert, around: Around) -> tuple[str, str, str]:
    """(kind, verdict, effect) of an INSERT."""
    name = table_name(tree.this)
    conflict = tree.args.get("conflict")
    fed_back = around.reaches(tree.expression, name)
    if tree.args.get("overwrite"):
        return "insert", UNKNOWN if fed_back else SAFE, ""
    guarded = sql_guards.guard(tree, name)
    if conflict is not None:
        kind, verdict, effect = upsert(tree, conflict)
        kept = guarded == SAFE and not conflict.expressions
        return kind, UNKNOWN if fed_back and verdict == SAFE and not kept else verdict, effect
    if tree.args.get("ignore") or tree.args.get("alternative"):
        return "insert", UNKNOWN if fed_back or is_volatile(tree, clock=False) else SAFE, ""
    if guarded:
        return "insert", SAFE if guarded == SAFE or name in around.fresh else guarded, ADDS
    if name in around.fresh:
        return "insert", UNKNOWN if fed_back else SAFE, ""
    source = tree.expression
    if earlier := around.deletes.get(name):
        settled = not fed_back and any(sql_guards.covers(delete, tree) for delete in earlier[-MOST_DELETES:])
        return "insert", SAFE if settled else UNKNOWN, ADDS
    if fed := feeding(tree):
        return "insert", fed, ADDS
    if reads(source, name) or tables(source) & around.taken - around.fresh.keys() - {name}:
        return "insert", UNKNOWN, ADDS
    return "insert", UNSAFE, ADDS


def upsert(tree: exp.Insert, conflict: exp.Expr) -> tuple[str, str, str]:
    """(kind, verdict, effect) of an INSERT with ON CONFLICT, or MySQL's ON DUPLICATE KEY UPDATE."""
    keys = [part.name.lower() for part in conflict.args.get("conflict_keys") or ()]
    columns = [part.name.lower() for part in getattr(tree.this, "expressions", ())]
    for row in rows(tree):
        volatile = [column for column, value in zip(columns, row, strict=False) if is_volatile(value)]
        if any(column in keys for column in volatile):
            return "insert", UNSAFE, "adds the rows again, for their keys are new ones each time"
        if (len(row) != len(columns) or not keys) and any(map(is_volatile, row)):
            return "insert", UNKNOWN, ADDS
    assignments = conflict.expressions
    if not assignments:
        return "insert", SAFE, ""
    # the filter of DO UPDATE sees the old row and may keep the second run out
    found = relative(assignments, tree.this, conflict.args.get("where"))
    if found == SAFE and not sets_the_same(tree, assignments):
        found = UNKNOWN
    return "relative-update", found, "changes the rows again, starting from what the first run left"


def sets_the_same(tree: exp.Insert, assignments: list[exp.Expr]) -> bool:
    """Does DO UPDATE set what the INSERT would have inserted, as far as it does not start from the old row?"""
    from sqlglot import exp

    own = own_names(tree.this)
    alias = tree.expression.alias if isinstance(tree.expression, exp.Values) else ""
    pairs = [(column, value) for column, value in columns_set(assignments) if not any_own(value, own)]
    return sql_guards.repeats(pairs, rows_of(tree), frozenset({"excluded", "new", alias.lower()} - {""}))


def any_own(value: exp.Expr, names: frozenset[str]) -> bool:
    """Does a value read a column of the row that is changed?"""
    from sqlglot import exp

    return any(is_own(part, names) for part in value.find_all(exp.Column))


def rows(tree: exp.Insert) -> list[list[exp.Expr]]:
    """The rows that an INSERT writes: those of VALUES, or the one form that its SELECT gives them."""
    from sqlglot import exp

    source = tree.expression
    if isinstance(source, exp.Values):
        return [list(row.expressions) if isinstance(row, exp.Tuple) else [row] for row in source.expressions]
    return [list(source.expressions)] if isinstance(source, exp.Select) else []


def feeding(tree: exp.Insert) -> str:
    """What an INSERT is that reads from writes in its own WITH; "" when there are none.

    A DELETE … RETURNING gives each row once, and so does an INSERT that leaves out what is there already.
    """
    from sqlglot import exp

    ctes = {cte.alias.lower(): cte.this for part in tree.find_all(exp.With) for cte in part.expressions}
    writes = {name: cte for name, cte in ctes.items() if isinstance(cte, (exp.Delete, exp.Insert, exp.Update))}
    if tree.expression is None or not any(
        found.name.lower() in writes for found in tree.expression.find_all(exp.Table)
    ):
        return ""
    source = tree.expression.args.get("from_") if isinstance(tree.expression, exp.Select) else None
    first = writes.get(source.this.name.lower()) if source is not None else None
    if isinstance(first, exp.Delete) and is_settled(first):
        return SAFE
    conflict = first.args.get("conflict") if isinstance(first, exp.Insert) else None
    if isinstance(first, exp.Insert) and conflict is not None and not conflict.expressions:
        return upsert(first, conflict)[1]
    return UNKNOWN


def update(tree: exp.Update, around: Around) -> tuple[str, str, str]:
    """(kind, verdict, effect) of an UPDATE; of a table that the text has made anew it may be any."""
    where = tree.args.get("where")
    name = table_name(tree.this)
    if name in around.fresh:
        return "update", SAFE, ""
    if by_new_rows(tree, around):
        return "update", SAFE, ""
    found = relative(tree.expressions, tree.this, where)
    whole = "-all" if where is None and tree.args.get("from_") is None else ""
    if found == UNSAFE:
        return f"relative-update{whole}", UNSAFE, "changes the rows again, starting from what the first run left"
    if takes_next(where, name) or (tree.args.get("limit") is not None):
        return "next-rows", UNSAFE if takes_next(where, name) else UNKNOWN, "takes the next rows"
    changed = {column for column, _ in columns_set(tree.expressions)}
    if found == SAFE and is_unsettled(tree, name, changed, around):
        found = UNKNOWN
    return f"update{whole}", found, ""


def by_new_rows(tree: exp.Update, around: Around) -> bool:
    """Is an UPDATE fed, by its FROM alone, with the rows that an INSERT in its WITH has newly added?

    The second run of `insert … on conflict do nothing returning …` gives no rows, and so nothing is changed.
    """
    from sqlglot import exp

    source, with_ = tree.args.get("from_"), tree.args.get("with_")
    table = source.this if source is not None else None
    if with_ is None or not isinstance(table, exp.Table) or table.args.get("joins") or table.db:
        return False
    first = next((cte.this for cte in with_.expressions if cte.alias.lower() == table.name.lower()), None)
    conflict = first.args.get("conflict") if isinstance(first, exp.Insert) else None
    if not isinstance(first, exp.Insert) or conflict is None or conflict.expressions:
        return False
    return insert(first, around)[1] == SAFE


def is_unsettled(tree: exp.Update, name: str, changed: set[str], around: Around) -> bool:
    """May the second run of an UPDATE find other rows or values, though no value is computed from the old one?"""
    where, source, with_ = (tree.args.get(part) for part in ("where", "from_", "with_"))
    if looks_at_own(where, name, changed) or (where is not None and is_volatile(where, clock=False)):
        return True
    return any(reads(part, name) and (part is source or mentions(part, changed)) for part in (source, with_)) or any(
        around.derives(part, name) for part in (where, source, with_)
    )


def mentions(tree: exp.Expr | None, columns: set[str]) -> bool:
    """Does a part of a statement read one of these columns, or all of them by `*`?"""
    from sqlglot import exp

    return tree is not None and (
        tree.find(exp.Star) is not None or any(part.name.lower() in columns for part in tree.find_all(exp.Column))
    )


def delete(tree: exp.Delete) -> tuple[str, str, str]:
    """(kind, verdict, effect) of a DELETE."""
    if not is_settled(tree):
        return "next-rows", UNSAFE, "takes the next rows"
    if tree.args.get("where") is not None and is_volatile(tree.args["where"], clock=False):
        return "delete", UNKNOWN, ""
    if tree.args.get("where") is None and not tree.args.get("using"):
        return "delete-all", SAFE, ""
    return "delete", SAFE, ""


def is_settled(tree: exp.Delete) -> bool:
    """Does a DELETE leave nothing for its second run: it does not take so many rows and no more?"""
    return tree.args.get("limit") is None and not takes_next(tree.args.get("where"), table_name(tree.this))


def takes_next(where: exp.Expr | None, name: str) -> bool:
    """Does a filter choose so many rows of the table itself (`id in (select id from jobs … limit 10)`)?"""
    from sqlglot import exp

    if where is None:
        return False
    return any(
        (select.args.get("limit") is not None or select.args.get("fetch") is not None) and reads(select, name)
        for select in where.find_all(exp.Select)
    )


def looks_at_own(where: exp.Expr | None, name: str, changed: set[str]) -> bool:
    """Does a sub-query of the filter read the changed columns of the table itself?"""
    from sqlglot import exp

    if where is None:
        return False
    return any(
        reads(select, name) and any(column.name.lower() in changed for column in select.find_all(exp.Column))
        for select in where.find_all(exp.Select)
    )


def merge(tree: exp.Merge, around: Around) -> tuple[str, str, str]:
    """(kind, verdict, effect) of a MERGE: what it does by a key is safe, unless it starts from the old row."""
    from sqlglot import exp

    names, added = own_names(tree.this), merged_rows(tree)
    found = sql_guards.keyed(tree)
    if found == UNSAFE:
        return "insert", UNSAFE, ADDS
    found = worst((found, UNKNOWN if around.reaches(tree.args.get("using"), table_name(tree.this)) else SAFE))
    whens = tree.args["whens"].expressions
    for when in whens:
        then = when.args.get("then")
        if isinstance(then, exp.Update):
            one = relative(then.expressions, tree.this, when.args.get("condition"), names)
            if one == UNSAFE:
                return "relative-update", UNSAFE, "changes the rows again, starting from what the first run left"
            own = names - {""}
            pairs = [pair for pair in columns_set(then.expressions) if not any_own(pair[1], own)]
            same = not added or sql_guards.repeats(pairs, added, frozenset())
            found = worst((found, one, SAFE if same else UNKNOWN))
    inserts = any(isinstance(when.args.get("then"), exp.Insert) for when in whens)
    deletes = any(str(when.args.get("then")).upper() == "DELETE" for when in whens)
    if inserts and deletes and len(whens) > 1:
        # what was deleted may be inserted by the second run, when the source still has it
        found = worst((found, UNKNOWN))
    return "merge", found, ""
