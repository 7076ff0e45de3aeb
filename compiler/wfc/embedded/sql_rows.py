"""The rows that an INSERT or MERGE adds: what each column gets, and what the source says of all of them."""

from __future__ import annotations

from wfc.embedded.sql_functions import is_volatile
from wfc.embedded.sql_objects import table_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot import exp


class Row:
    """A row that a statement adds.

    columns: their names in small letters, None when the statement does not list them. values: what they get, in order.
    conditions: what the source says of all its rows. table: the table that the rows come from, "" for none or several.
    """

    def __init__(
        self, columns: list[str] | None, values: list[exp.Expr], conditions: list[exp.Expr], table: str = ""
    ) -> None:
        self.columns = columns
        self.values = values
        self.conditions = conditions
        self.table = table

    def value(self, column: str) -> exp.Expr | None:
        """What a column gets, None when the text does not say. `*` gives each column the one of the same name."""
        from sqlglot import exp

        if any(one.is_star for one in self.values):
            star = self.values[0]
            whole = len(self.values) == 1 and self.columns is None
            return exp.column(column, getattr(star, "table", "") or None) if whole else None
        if self.columns is None:
            named = [one for one in self.values if isinstance(one, (exp.Alias, exp.Column))]
            found = [one for one in named if one.alias_or_name.lower() == column]
            return bare(found[0]) if len(found) == 1 else None
        if column not in self.columns or len(self.columns) != len(self.values):
            return None
        return bare(self.values[self.columns.index(column)])

    def gives(self, column: str, wanted: exp.Expr) -> bool | None:
        """Does a column get this value? None when nobody can tell.

        Without a list of columns a parameter or a text that is among the values counts: which column it is for can't
        be seen, and hardly another.
        """
        from sqlglot import exp

        if is_volatile(wanted):
            return None
        value = self.value(column)
        if value is None:
            plain = is_bare_value(wanted) and not bare(wanted).is_number
            nameless = () if self.columns is not None else self.values if plain else self.values[:1]
            return any(same(one, wanted) for one in nameless) or None
        pairs = [pair for condition in self.conditions for pair in equalities(condition) or ()]
        if same(value, wanted) or any(
            same(one, value) and same(other, wanted) for pair in pairs for one, other in (pair, pair[::-1])
        ):
            return True
        known = isinstance(value, exp.Literal) and isinstance(bare(wanted), exp.Literal)
        return False if known else None


def rows_of(tree: exp.Insert) -> list[Row]:
    """The rows of an INSERT: those of its VALUES, or the one form that its SELECT gives them; [] for other sources."""
    from sqlglot import exp

    listed = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    columns = [part.name.lower() for part in listed] or None
    source = tree.expression
    if isinstance(source, exp.Values):
        tuples = [list(row.expressions) if isinstance(row, exp.Tuple) else [row] for row in source.expressions]
        return [Row(columns, values, []) for values in tuples]
    if not isinstance(source, exp.Select):
        return []
    origin = source.args.get("from_")
    single = isinstance(origin, exp.From) and isinstance(origin.this, exp.Table) and not source.args.get("joins")
    table = table_name(origin) if single else ""
    return [Row(columns, list(source.expressions), conjuncts(source.args.get("where")), table)]


def bare(node: exp.Expr) -> exp.Expr:
    """An expression without brackets, casts and its alias: what an assignment makes of it is the column's matter."""
    from sqlglot import exp

    while isinstance(node, (exp.Paren, exp.Cast, exp.Alias)):
        node = node.this
    return node


def is_bare_value(node: exp.Expr) -> bool:
    """Is it a constant or a parameter?"""
    from sqlglot import exp

    return isinstance(bare(node), (exp.Literal, exp.Placeholder, exp.Parameter))


def same(one: exp.Expr, other: exp.Expr) -> bool:
    """Do two expressions compute the same, as far as their forms tell? A column without a table may be any table's."""
    from sqlglot import exp

    one, other = bare(one), bare(other)
    if isinstance(one, exp.Column) and isinstance(other, exp.Column):
        tables = {part.table.lower() for part in (one, other)} - {""}
        return one.name.lower() == other.name.lower() and len(tables) < 2
    if type(one) is not type(other):
        return False
    parts, others = list(one.iter_expressions()), list(other.iter_expressions())
    if not parts or len(parts) != len(others):
        return one == other
    flags, more = ({k: v for k, v in node.args.items() if isinstance(v, (str, bool))} for node in (one, other))
    return flags == more and all(map(same, parts, others))


def conjuncts(where: exp.Expr | None) -> list[exp.Expr]:
    """The conditions of a WHERE, or of an ON, which all have to hold."""
    from sqlglot import exp

    inner = where.this if isinstance(where, exp.Where) else where
    if inner is None:
        return []
    inner = inner.unnest()
    if not isinstance(inner, exp.And):
        return [inner]
    return [part for side in (inner.left, inner.right) for part in conjuncts(side)]


def equalities(condition: exp.Expr) -> list[tuple[exp.Expr, exp.Expr]] | None:
    """The pairs that a condition says are equal, those of `(a, b) = (c, d)` too; None for another condition."""
    from sqlglot import exp

    if not isinstance(condition, (exp.EQ, exp.NullSafeEQ)):
        return None
    left, right = condition.left.unnest(), condition.right.unnest()
    if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
        pairs = list(zip(left.expressions, right.expressions, strict=False))
        return pairs if len(left.expressions) == len(right.expressions) else None
    return [(left, right)]


def merged_rows(tree: exp.Merge) -> list[Row]:
    """The rows that the INSERT arms of a MERGE add."""
    from sqlglot import exp

    found = []
    for when in tree.args["whens"].expressions:
        then = when.args.get("then")
        if isinstance(then, exp.Insert):
            listed = [part.name.lower() for part in then.this.expressions] if isinstance(then.this, exp.Tuple) else None
            values = then.expression.expressions if isinstance(then.expression, exp.Tuple) else [exp.Star()]
            found.append(Row(listed, list(values), []))
    return found


def plain(node: exp.Expr) -> exp.Expr:
    """A copy whose columns name no table: all are of one."""
    from sqlglot import exp

    return node.transform(lambda part: exp.column(part.name) if isinstance(part, exp.Column) else part)
