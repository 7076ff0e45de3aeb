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

    fresh: tables that are empty, or new, at this point, each with the number of the statement that made it so.
    deletes: table → its DELETEs before this point, with a filter. taken: tables whose rows any statement of the text
    changes. sources: table → those that its rows came from.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.fresh: dict[str, int] = {}
        self.deletes: dict[str, list[exp.Delete]] = {}
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

    def step(self, tree: exp.Expr, number: int) -> None:
        """The statement of this number has run."""
        from sqlglot import exp

        made: set[str] = set()
        for write in tree.find_all(exp.Insert):
            self.fill(table_name(write.this), write.expression)
        for node in tree.find_all(exp.Delete):
            if node.args.get("where") is None and not node.args.get("using"):
                made.add(table_name(node.this))
            else:
                self.deletes.setdefault(table_name(node.this), []).append(node)
        if isinstance(tree, exp.TruncateTable):
            made |= tables(tree)
        target = tree.args.get("into")
        if isinstance(tree, exp.Create) and str(tree.args.get("kind")).upper() == "TABLE":
            self.fill(table_name(tree.this), tree.expression)
            if not tree.args.get("exists") or is_temporary(tree):
                made.add(table_name(tree.this))
        elif target is not None:
            self.fill(table_name(target), tree.args.get("from_"))
            made.add(table_name(target))
        for name in made:
            self.fresh.setdefault(name, number)


class Index:
    """Where the statements of a text write, alter and drop: by table, the numbers of the first and the last.

    written, redefined, replaced, added: table → (first, last). set_: `table.column` of an UPDATE → (first, last).
    viewed: the tables that views are made of.
    """

    def __init__(self, trees: list[exp.Expr | None]) -> None:
        from sqlglot import exp

        self.written: dict[str, tuple[int, int]] = {}
        self.redefined: dict[str, tuple[int, int]] = {}
        self.replaced: dict[str, tuple[int, int]] = {}
        self.added: dict[str, tuple[int, int]] = {}
        self.set_: dict[str, tuple[int, int]] = {}
        self.viewed: set[str] = set()
        for number, tree in enumerate(trees):
            if tree is None:
                continue
            note(self.written, written(tree), number)
            note(self.redefined, redefined(tree), number)
            note(self.replaced, replaced(tree), number)
            note(self.added, added(tree), number)
            if isinstance(tree, exp.Update):
                name = table_name(tree.this)
                note(self.set_, {f"{name}.{one.this.name.lower()}" for one in assignments(tree)}, number)
            if isinstance(tree, exp.Create) and str(tree.args.get("kind")).upper() == "VIEW":
                self.viewed |= tables(tree.expression)


def note(places: dict[str, tuple[int, int]], keys: Iterable[str], number: int) -> None:
    """Each of these is touched by the statement of this number."""
    for key in keys:
        places[key] = (places[key][0] if key in places else number, number)


def later(places: dict[str, tuple[int, int]], keys: Iterable[str], number: int) -> bool:
    """Is one of these touched by a statement after the one of this number?"""
    return any(key in places and places[key][1] > number for key in keys)


def unsettled(trees: list[exp.Expr | None], fresh: dict[str, int]) -> set[int]:
    """The numbers of the statements whose second run sees what a later one has changed in the first.

    fresh: tables that the text makes anew, with the number of the statement that does; after it their first state does
    not matter.
    """
    index = Index(trees)
    return {
        number for number, tree in enumerate(trees) if tree is not None and is_unsettled(tree, number, index, fresh)
    }


def is_unsettled(tree: exp.Expr, number: int, index: Index, fresh: dict[str, int]) -> bool:
    """Does the second run of a statement see what a later one has changed in the first?"""
    from sqlglot import exp

    own = {table_name(node.this) for node in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge)}
    seen = {name for name in sources(tree) - own if fresh.get(name, number) >= number}
    old = {name for name in own if fresh.get(name, number) >= number}
    if later(index.written, seen, number) or later(index.redefined, seen | old, number):
        return True
    if isinstance(tree, exp.Alter) and not replaced(tree) and later(index.replaced, tables(tree), number):
        return True
    if isinstance(tree, exp.Drop) and not tree.args.get("cascade") and tables(tree) & index.viewed:
        # the second run can't drop a table before the view of it
        return True
    if looks_at_itself(tree) and any(index.written.get(name, (number, number)) != (number, number) for name in own):
        return True
    if isinstance(tree, exp.Update) and later(index.added, own, number):
        return True
    if not isinstance(tree, (exp.Update, exp.Delete)):
        return False
    # a later UPDATE sets a column that this one looks at
    name, looked = table_name(tree.this), [tree.args.get("where")] + [one.expression for one in assignments(tree)]
    columns = {column.name.lower() for part in looked if part for column in part.find_all(exp.Column)}
    return later(index.set_, {f"{name}.{column}" for column in columns}, number)


def assignments(tree: exp.Expr) -> list[exp.Expr]:
    """The `a = …` of an UPDATE."""
    from sqlglot import exp

    return [one for one in tree.args.get("expressions") or () if isinstance(one, exp.EQ)]


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
