"""Functions and expressions of SQL: what calling them does, and what a value computed from the old row becomes."""

from __future__ import annotations

from wfc.embedded.verdict import SAFE, UNKNOWN, UNSAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlglot import exp

ACTING = {
    "nextval": (UNSAFE, "takes another number"),
    "pg_notify": (UNSAFE, "sends the message again"),
    "lo_import": (UNSAFE, "makes another large object"),
    "lo_create": (UNSAFE, "makes another large object"),
    "lo_from_bytea": (UNSAFE, "makes another large object"),
    "setval": (SAFE, ""),
}
"""Functions that change something: what calling them twice is, and what the second call does."""

BUILT_IN = frozenset(
    """
    abs age array_agg array_length array_position array_remove array_to_string any all avg btrim cardinality cast
    ceil ceiling char_length clock_timestamp coalesce concat concat_ws convert convert_from count crosstab
    cume_dist current_setting currval date_bin date_part date_trunc dateadd datediff dense_rank digest encode
    decode every exists exp extract first_value floor format gen_random_uuid generate_series greatest grouping
    hashtext ifnull iff isnull initcap json_agg json_array_elements json_build_object json_extract json_object_agg
    jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_object_agg jsonb_object_keys jsonb_path_query jsonb_pretty
    jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof julianday lag last_value lead least
    left length ln log lower lpad ltrim make_date make_interval make_timestamp max md5 min mod mode now nth_value
    ntile nullif num_nonnulls octet_length overlay percent_rank percentile_cont percentile_disc pg_relation_size
    pg_size_pretty pg_sleep pg_table_size pg_total_relation_size position power quote_ident quote_literal random
    range rank read_csv read_csv_auto read_json read_parquet regexp_match regexp_matches regexp_replace
    regexp_split_to_array regexp_split_to_table repeat replace reverse right round row_number row_to_json rpad
    rtrim sha256 sign similarity split_part sqrt statement_timestamp stddev strftime string_agg string_to_array
    string_to_table substr substring sum to_char to_date to_json to_jsonb to_number to_timestamp to_tsquery
    to_tsvector plainto_tsquery transaction_timestamp translate trim trunc ts_rank unnest upper uuid_generate_v4
    values var_pop variance version width_bucket
    """.split()
)
"""Functions of databases that only compute, in small letters; `pg_sleep` waits and leaves nothing."""

VOLATILE = frozenset(
    """
    random rand uuid gen_random_uuid uuid_generate_v1 uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7 newid
    nextval
    """.split()
)
"""Functions that give something else the next time, the clock aside."""

CLOCKS = frozenset(["now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday"])

CONVERGENT = ("Lower", "Upper", "Trim", "Coalesce", "Greatest", "Least", "TimestampTrunc", "DateTrunc")
"""Functions f with f(f(x)) = f(x), also one inside another, as the parser calls them."""

DIRECTLY = ("Abs", "Ceil", "Floor", "Initcap", "Left", "Right", "Round")
"""More of these; inside another (`left(trim(name), 10)`) they need not be."""

APPENDING = frozenset(["array_append", "array_prepend", "array_cat", "concat"])


def function_name(node: exp.Expr) -> str:
    """How a call names its function, in small letters, without a schema; "" when the parser knows it by a class."""
    from sqlglot import exp

    return node.name.lower() if isinstance(node, exp.Anonymous) else ""


def acting(tree: exp.Expr) -> list[tuple[str, str, str]]:
    """(function, verdict, what a second call does) for the calls in a statement that do more than compute.

    A function that is neither built in nor known to act is `unknown`. Writes inside the statement are not looked at.
    """
    from sqlglot import exp

    found = []
    for node in tree.find_all(exp.Anonymous, exp.Func):
        name = function_name(node)
        if isinstance(node, exp.NextValueFor):
            found.append(("nextval", *ACTING["nextval"]))
        elif name in ACTING:
            found.append((name, *ACTING[name]))
        elif name and (isinstance(node.parent, exp.Dot) or name not in BUILT_IN):
            found.append((name, UNKNOWN, ""))
    return found


def is_volatile(node: exp.Expr, clock: bool = True) -> bool:
    """Does a value give something else the next time? clock: count the time of day among such values."""
    from sqlglot import exp

    clocks = (exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDate, exp.CurrentDatetime)
    for part in node.walk():
        if isinstance(part, (exp.Rand, exp.Uuid, exp.NextValueFor)):
            return True
        if isinstance(part, clocks) and clock:
            return True
        name = function_name(part)
        if name in VOLATILE or (clock and name in CLOCKS):
            return True
    return False


def relation(value: exp.Expr, column: str, changed: Collection[str], names: Collection[str]) -> str:
    """What setting `column` to a value is when it is done twice: SAFE, UNKNOWN, UNSAFE (it grows from the old one).

    changed: the columns that the statement sets. names: how it calls the table that it changes; all in small letters.
    """
    from sqlglot import exp

    if any(table.name.lower() in names for table in value.find_all(exp.Table)):
        return UNKNOWN
    read = [part for part in value.find_all(exp.Column) if is_own(part, names) and part.name.lower() in changed]
    if not read:
        return UNKNOWN if is_volatile(value, clock=False) else SAFE
    own = all(part.name.lower() == column for part in read)
    if own and converges(value, read):
        return SAFE
    if own and grows(value, read):
        return UNSAFE
    return UNSAFE if isinstance(value, exp.Column) else UNKNOWN


def is_own(column: exp.Column, names: Collection[str]) -> bool:
    """Does a column of a value belong to the row that is changed? Not `excluded.n`, nor MySQL's `values(n)`."""
    from sqlglot import exp

    if column.table:
        return column.table.lower() in names
    parent = column.parent
    while parent is not None and not isinstance(parent, (exp.Insert, exp.Update, exp.Merge)):
        values = isinstance(parent, exp.Anonymous) and parent.name.lower() == "values"
        if values or isinstance(parent, (exp.Values, exp.Select)):
            return False
        parent = parent.parent
    return True


def converges(value: exp.Expr, read: list[exp.Column]) -> bool:
    """Is a value f(x) with f(f(x)) = f(x): the column itself, or such a function of it and of other values?"""
    from sqlglot import exp

    if isinstance(value, exp.Paren):
        return converges(value.this, read)
    if isinstance(value, exp.Column):
        return value in read
    kind = type(value).__name__
    if kind not in (*CONVERGENT, *DIRECTLY):
        return False
    parts = [part for part in value.iter_expressions() if any(one in read for one in part.find_all(exp.Column))]
    if len(parts) != 1 or (kind in DIRECTLY and not isinstance(parts[0], exp.Column)):
        return False
    return converges(parts[0], read)


def grows(value: exp.Expr, read: list[exp.Column]) -> bool:
    """Is a value computed from the old one so that it changes each time: `n + 1`, `body || 'x'`, `not active`?"""
    from sqlglot import exp

    value = value.unnest()
    inner = (exp.Coalesce, exp.Cast, exp.Round)
    while isinstance(value, (exp.Coalesce, exp.Cast, exp.Round)) and not isinstance(value.this, exp.Column):
        value = value.this.unnest()
    if isinstance(value, exp.Not):
        return isinstance(value.this.unnest(), exp.Column)
    if function_name(value) in APPENDING or isinstance(value, (exp.ArrayAppend, exp.Concat, exp.ArrayConcat)):
        return True
    if not isinstance(value, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe)):
        return False
    documents = any(str(cast.to).upper() in ("JSON", "JSONB") for cast in value.find_all(exp.Cast))
    sides = [side.unnest() for side in (value.left, value.right)]
    bare = [side.this if isinstance(side, inner) else side for side in sides]
    direct = any(isinstance(side, exp.Column) and side in read for side in bare)
    deeper = any(isinstance(side, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe)) for side in sides)
    # `a || '{"x": 1}'` overwrites a key of a document, and a parameter or a column may be one too
    texts = [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]
    loose = isinstance(value, exp.DPipe) and not any(text and text[0] not in "{[" for text in texts)
    return (direct or deeper) and not documents and not loose
