"""What the statements of a SQL text mean for each other: which tables it makes anew, and from which it made them."""

from __future__ import annotations

from wfc.embedded.sql_objects import is_temporary, table_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp


def tables(tree: exp.Expr | None) -> set[str]:
    """The names of all tables in a part of a statement, those of its WITH too."""
    from sqlglot import exp

    # the parser leaves False where a part is missing
    return {table_name(found) for found in tree.find_all(exp.Table)} if isinstance(tree, exp.Expr) else set()


def reads(tree: exp.Expr | None, table: str) -> bool:
    """Is a table read anywhere in a part of a statement?"""
    return table in tables(tree)


def written(tree: exp.Expr) -> set[str]:
    """The tables whose rows a statement changes."""
    from sqlglot import exp

    found = {table_name(node.this) for node in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge)}
    found |= {table_name(table) for node in tree.find_all(exp.TruncateTable) for table in node.expressions}
    if isinstance(tree, exp.Copy) and tree.args.get("kind"):
        found.add(table_name(tree.this))
    return found - {""}


class Around:
    """The state of a text between two of its statements.

    fresh: tables that are empty, or new, at this point. deletes: (table, its DELETE) of those before it, with a filter.
    taken: tables whose rows any statement of the text changes. sources: table → those that its rows came from.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.fresh: set[str] = set()
        self.deletes: list[tuple[str, exp.Delete]] = []
        self.taken = frozenset(taken)
        self.sources: dict[str, set[str]] = {}

    def derives(self, tree: exp.Expr | None, table: str) -> bool:
        """Does a part of a statement read what the text has computed from a table?"""
        return any(table in self.sources.get(name, ()) for name in tables(tree))

    def reaches(self, tree: exp.Expr | None, table: str) -> bool:
        """Does a part of a statement read a table, or what the text has computed from it?"""
        return reads(tree, table) or self.derives(tree, table)

    def fill(self, table: str, source: exp.Expr | None) -> None:
        """The rows of a table come from a source, and so from what that came from."""
        found = self.sources.setdefault(table, set())
        for name in tables(source):
            found |= {name, *self.sources.get(name, ())}

    def move(self, old: str, new: str) -> bool:
        """A table gets another name. Gives: were its rows computed from the table of the new name?"""
        found = self.sources.pop(old, set())
        self.sources[new] = found
        return new in found

    def step(self, tree: exp.Expr) -> None:
        """A statement has run."""
        from sqlglot import exp

        for write in tree.find_all(exp.Insert):
            self.fill(table_name(write.this), write.expression)
        for node in tree.find_all(exp.Delete):
            if node.args.get("where") is None and not node.args.get("using"):
                self.fresh.add(table_name(node.this))
            else:
                self.deletes.append((table_name(node.this), node))
        if isinstance(tree, exp.TruncateTable):
            self.fresh |= tables(tree)
        target = tree.args.get("into")
        if isinstance(tree, exp.Create) and str(tree.args.get("kind")).upper() == "TABLE":
            self.fill(table_name(tree.this), tree.expression)
            if not tree.args.get("exists") or is_temporary(tree):
                self.fresh.add(table_name(tree.this))
        elif target is not None:
            self.fill(table_name(target), tree.args.get("from_"))
            self.fresh.add(table_name(target))


def unsettled(trees: list[exp.Expr | None], fresh: list[set[str]]) -> set[int]:
    """The numbers of the statements whose second run sees what a later one has changed in the first.

    fresh: for each statement the tables that the text has made anew before it, whose first state does not matter.
    """
    from sqlglot import exp

    found = set()
    for number, tree in enumerate(trees):
        if tree is None:
            continue
        later = [other for other in trees[number + 1 :] if other is not None]
        around = [other for other in trees if other is not None and other is not tree]
        own = {table_name(node.this) for node in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge)}
        changes = isinstance(tree, (exp.Update, exp.Delete))
        seen = sources(tree) - own - fresh[number]
        if (
            any(seen & written(other) for other in later)
            or any((seen | own - fresh[number]) & redefined(other) for other in later)
            or (
                isinstance(tree, exp.Alter)
                and not replaced(tree)
                and any(replaced(one) & tables(tree) for one in later)
            )
            or (
                isinstance(tree, exp.Drop)
                and not tree.args.get("cascade")
                and any(seen_by(one, tree) for one in around)
            )
            or (looks_at_itself(tree) and any(own & written(other) for other in around))
            or (isinstance(tree, exp.Update) and any(own & added(other) for other in later))
            or (changes and any(crossed(tree, other) for other in later))
        ):
            found.add(number)
    return found


def sources(tree: exp.Expr) -> set[str]:
    """The tables that a statement reads, or changes; of a definition those of its query."""
    from sqlglot import exp

    if isinstance(tree, exp.Create):
        return tables(tree.expression)
    return set() if isinstance(tree, (exp.Drop, exp.Alter, exp.TruncateTable, exp.Copy)) else tables(tree)


def added(tree: exp.Expr) -> set[str]:
    """The tables that get rows."""
    from sqlglot import exp

    copied = {table_name(tree.this)} if isinstance(tree, exp.Copy) and tree.args.get("kind") else set()
    return copied | {table_name(node.this) for node in tree.find_all(exp.Insert, exp.Merge)} - {""}


def replaced(tree: exp.Expr) -> set[str]:
    """The tables that a statement drops, or whose name it gives to another."""
    from sqlglot import exp

    if isinstance(tree, exp.Drop):
        return tables(tree)
    if isinstance(tree, exp.Alter) and all(isinstance(one, exp.AlterRename) for one in tree.args.get("actions") or ()):
        renames: list[exp.Expr] = tree.args.get("actions") or []
        return {table_name(one.this) for one in renames}
    return set()


def seen_by(view: exp.Expr, drop: exp.Drop) -> bool:
    """Does a statement make a view of a table that is dropped? The second run can't drop it before the view."""
    from sqlglot import exp

    made = isinstance(view, exp.Create) and str(view.args.get("kind")).upper() == "VIEW"
    return made and bool(tables(view.expression) & tables(drop))


def redefined(tree: exp.Expr) -> set[str]:
    """The tables that a statement alters, renames or drops."""
    from sqlglot import exp

    return replaced(tree) | (tables(tree.this) if isinstance(tree, exp.Alter) else set())


def looks_at_itself(tree: exp.Expr) -> bool:
    """Does an UPDATE or DELETE choose its rows by other rows of the same table?"""
    from sqlglot import exp

    return isinstance(tree, (exp.Update, exp.Delete)) and any(
        table is not tree.this and table_name(table) == table_name(tree.this) for table in tree.find_all(exp.Table)
    )


def crossed(first: exp.Expr, second: exp.Expr) -> bool:
    """Does a later UPDATE set a column that an UPDATE or DELETE of the same table looks at?"""
    from sqlglot import exp

    if not isinstance(second, exp.Update) or table_name(first.this) != table_name(second.this):
        return False
    changed = {one.this.name.lower() for one in second.expressions if isinstance(one, exp.EQ)}
    looked = [first.args.get("where")] + [one.expression for one in first.expressions or () if isinstance(one, exp.EQ)]
    return any(column.name.lower() in changed for part in looked if part for column in part.find_all(exp.Column))
