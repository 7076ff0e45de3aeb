"""SQL → what running it twice does, compared to once.

The parser is loaded for what is more than a plain SELECT of built-in functions. A stamp of the last run
(`updated_at = now()`) counts as safe: it is there to be overwritten, and nothing is doubled. What cannot be parsed is
`unknown`.
"""

from __future__ import annotations

from functools import lru_cache

from wfc.embedded import sql_functions
from wfc.embedded.verdict import READ, SAFE, UNKNOWN, UNSAFE, Reason, Verdict, joined
from wfc.patterns import DOTALL, IGNORECASE, ready
from wfc.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

    from wfc.embedded.sql_around import Around
    from wfc.embedded.sql_objects import Change

DIALECTS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "redshift": "redshift",
    "duckdb": "duckdb",
    "clickhouse": "clickhouse",
    "mssql": "tsql",
    "oracle": "oracle",
    "trino": "trino",
    "databricks": "databricks",
}
"""Scheme of a URL → the parser's name of the language."""

START = ready(r"(?:\s|--[^\n]*\n|/\*[^*]*\*/)*(?:select|with|values)\b", IGNORECASE)
SUSPICIOUS = ready(
    r"\b(?:insert|update|delete|merge|truncate|create|drop|alter|into|copy|call|do|execute|replace|grant|share|nextval)\b|;\s*\S"
    r"|\bnext\s+value\b"
    r"|[\"`\]]\s*\(|\.\s*\w+\s*\(",
    IGNORECASE,
)
CALL = ready(r"\b(\w+)\s*\(")
WORDS = frozenset(
    """
    and as between by case distinct else exists filter from group having ilike in join lateral like limit not on or
    over partition recursive select then using values when where with within
    """.split()
)
"""Words that stand before a bracket and are no functions."""
HEAD = ready(r"\s*(\w+)(?:\s+(\w+))?(?:\s+(\w+))?")
SHOWN = 60
"""So many characters of a statement stand in a message."""

NEUTRAL = frozenset(
    """
    begin close commit deallocate declare desc describe discard end fetch listen lock pragma prepare release reset
    savepoint set show start unlisten use
    """.split()
)
"""Statements that leave nothing when the session has ended, by their first word."""
SETTLED = frozenset("vacuum analyze reindex refresh grant revoke comment cluster checkpoint optimize".split())
"""Statements that may be done again, by their first word."""

CHOOSY = ready(
    r"\btop\s*\(|\brownum\b|\blimit\b|\bfetch\s+first\b|\b(?:min|max)\s*\("
    r"|create\s+or\s+replace\s+(?:\w+\s+)?table\s+(\S+)\s.*\b\1\b"
    r"|^\s*replace\b.*\b(?:uuid|rand|random|now)\w*\s*\(",
    IGNORECASE | DOTALL,
)
"""Statements that choose their rows by what is there, or make their keys: the second run may meet others."""
WHOLE = ready(r"\.\s*nextval\b|\bset\s+(?:global|persist)\b", IGNORECASE)
"""What is no statement by itself, and changes what others see."""
UPSERT = ready(r"insert\s+into\s+[^\s(]+\s*\(([^)]*)\).*\bon\s+conflict\s*\(([^)]*)\)", IGNORECASE | DOTALL)
BLOCK = ready(
    r"\b(?:insert|update|delete|merge|truncate|create|drop|alter|exec|execute|call|global|persist)\b|@@", IGNORECASE
)
MOST_STATEMENTS, MOST_TOKENS, DEEPEST = 500, 20_000, 250
"""Statements and tokens of one text that are weighed, at some 2 ms and 30 µs each, and levels of a statement's tree,
which the reader goes up from each name; a text with more is `unknown`."""


class Statement(Record):
    """One statement. start, end: its offsets in the text. tree: None when it could not be parsed."""

    start: int
    end: int
    text: str
    tree: exp.Expr | None


def dialect_of(url: str) -> str:
    """The language of a database by the constant beginning of its URL (`mysql://…`), "" when that tells none."""
    scheme = url.partition("://")[0].partition("+")[0].lower() if "://" in url else ""
    return DIALECTS.get(scheme, "")


@lru_cache(maxsize=65_536)  # several checks ask about one text, each of them about all of a flow
def classify(text: str, dialect: str = "postgres") -> Verdict:
    """What running a text of SQL twice does, compared to once.

    text: one or more statements, `:name` where a parameter is bound. dialect: a name of sqlglot's. The reasons are the
    statements, and calls of functions, that are no plain reads; `delete-all` and `update-all` are kinds of those
    without a filter, `reload` of a DELETE of all rows that the same text inserts anew. Never raises.
    """
    if is_plain_read(text):
        return Verdict(READ)
    found = None if WHOLE.search(text) else statements(text, dialect)
    if found is None or len(found) > MOST_STATEMENTS:
        return Verdict(UNKNOWN, (Reason("unparsed", UNKNOWN, 0, len(text), shown(text)),))
    try:
        return joined(tuple(judged(found)))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        # a tree of a form that the parser gives for some dialect only
        return Verdict(UNKNOWN, (Reason("unparsed", UNKNOWN, 0, len(text), shown(text)),))


def is_plain_read(text: str) -> bool:
    """Is it one SELECT that writes nothing and calls built-in functions only, as far as a quick look can tell?"""
    if not START.match(text) or SUSPICIOUS.search(text):
        return False
    names = {name.lower() for name in CALL.findall(text)}
    return names - WORDS <= sql_functions.BUILT_IN


def statements(text: str, dialect: str) -> list[Statement] | None:
    """The statements of a text; None when not even its tokens could be read, or it is too much."""
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import SqlglotError
    from sqlglot.tokenizer_core import TokenType

    language = Dialect.get_or_raise(dialect)
    try:
        tokens = language.tokenize(text)
    except SqlglotError:
        return None
    if len(tokens) > MOST_TOKENS:
        return None
    groups: list[list[Token]] = [[]]
    found = []
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            groups.append([])
        else:
            groups[-1].append(token)
    for group in groups:
        if group:
            start, end = group[0].start, group[-1].end + 1
            found.append(Statement(start, end, text[start:end], parsed(language, group, text)))
    return None if any(is_deep(one.tree) for one in found) else found


def parsed(language: Dialect, tokens: list[Token], text: str) -> exp.Expr | None:
    """The tree of the tokens of one statement, or None."""
    from sqlglot import exp
    from sqlglot.errors import ErrorLevel

    class Quiet(language.parser_class):  # type: ignore[name-defined,misc]
        """The parser, which says nothing of what it does not know: a check prints findings only."""

        def _warn_unsupported(self) -> None:
            return

    try:
        trees = Quiet(dialect=language, error_level=ErrorLevel.RAISE).parse(tokens, text)
    except Exception:  # a parser of thirty languages fails in many ways on what it does not know
        return None
    tree = trees[0] if len(trees) == 1 else None
    return None if isinstance(tree, exp.Command) else tree


def is_deep(tree: exp.Expr | None) -> bool:
    """Is a statement nested deeper than is followed?"""
    level = [] if tree is None else [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return False
    return True


def shown(text: str) -> str:
    """A statement as a message calls it: in one line, its beginning."""
    line = " ".join(text.split())
    cut = line if len(line) <= SHOWN else line[:SHOWN].rsplit(" ", 1)[0] + " …"
    return f"`{cut.replace('`', chr(39))}`"


def judged(found: list[Statement]) -> list[Reason]:
    """The reasons of all statements, in order."""
    from wfc.embedded import sql_around, sql_objects

    trees = [statement.tree for statement in found]
    steps = []
    for number, tree in enumerate(trees):
        definition = (sql_objects.changes(tree) or into(tree)) if tree is not None else None
        if definition:
            steps.append((number, definition))
    failing = sql_objects.failing(steps)
    around = sql_around.Around(name for tree in trees if tree is not None for name in sql_around.written(tree))
    told = []
    for number, statement in enumerate(found):
        told.append(of_statement(statement, number in failing, around))
        if statement.tree is not None:
            around.step(statement.tree, number)
    crossed = sql_around.unsettled(trees, around.fresh)
    return reloads(
        found,
        [
            loosened(reason, number in crossed, reason.verdict == SAFE and is_choosy(found[number].text))
            for number, reasons in enumerate(told)
            for reason in reasons
        ],
    )


def is_choosy(text: str) -> bool:
    """May the second run of a statement meet other rows than the first, though its form is one that is safe?"""
    upsert = UPSERT.search(text)
    if upsert is None:
        return CHOOSY.search(text) is not None
    given, keys = ({name.strip(' "`').lower() for name in names.split(",")} for names in upsert.groups())
    return not keys <= given


def loosened(reason: Reason, crossed: bool, choosy: bool) -> Reason:
    """The same reason, undecided where it was safe and the second run may find something else.

    crossed: a later statement decides what it finds. choosy: its own form does.
    """
    if reason.verdict != SAFE:
        return reason
    if crossed and reason.kind not in ("settled", "truncate", "delete-all"):
        return replace(reason, verdict=UNKNOWN)
    return replace(reason, kind="choosy", verdict=UNKNOWN) if choosy else reason


def into(tree: exp.Expr) -> list[Change] | None:
    """What SELECT … INTO leaves: a table."""
    from wfc.embedded.sql_objects import Change, is_temporary, table_name

    target = tree.args.get("into")
    if target is None:
        return None
    return [Change(f"relation {table_name(target)}", False, True, temporary=is_temporary(tree))]


def of_statement(statement: Statement, fails: bool, around: Around) -> list[Reason]:
    """What one statement is; fails: its second run does, for what it makes or takes away is there, or gone, already."""
    from sqlglot import exp

    from wfc.embedded import sql_writes

    def reason(kind: str, verdict: str, effect: str = "", what: str = "") -> Reason:
        name = what or shown(statement.text)
        return Reason(kind, verdict, statement.start, statement.end, name, effect)

    tree = statement.tree
    if tree is None:
        return [reason(*by_words(statement.text))]
    found: list[Reason] = []
    for name, verdict, effect in sql_functions.acting(tree):
        found.append(reason("function", verdict, effect, f"`{name}(…)`"))
    found += [reason(*sql_writes.judged(node, around)) for node in writes(tree)]
    match tree:
        case exp.Query() if tree.args.get("into") is not None:
            found.append(reason(*made(tree, fails, around)))
        case exp.Query() | exp.Insert() | exp.Update() | exp.Merge() | exp.Delete() | exp.Set() | exp.Use():
            pass
        case exp.Transaction() | exp.Commit() | exp.Describe() | exp.Pragma() | exp.Show():
            pass
        case exp.TruncateTable():
            found.append(reason("truncate", SAFE))
        case exp.Copy() if tree.args.get("kind"):
            found.append(reason("copy", copied(tree, statement.text, around), sql_writes.ADDS))
        case exp.Copy():
            pass
        case exp.Grant() | exp.Revoke() | exp.Comment() | exp.Analyze():
            found.append(reason("settled", SAFE))
        case exp.Create() | exp.Drop() | exp.Alter():
            found.append(reason(*made(tree, fails, around)))
        case _:
            found.append(reason("unparsed", UNKNOWN))
    return found


def copied(tree: exp.Copy, text: str, around: Around) -> str:
    """The verdict of a COPY into a table: safe for one that the text itself empties or makes.

    The COPY INTO of warehouses remembers which files it has loaded, so of it nobody knows.
    """
    from wfc.embedded.sql_objects import table_name

    tracked = (HEAD.match(text) or [""] * 3)[2]
    plain = UNKNOWN if (tracked or "").lower() == "into" else UNSAFE
    return SAFE if table_name(tree.this) in around.fresh else plain


def made(tree: exp.Expr, fails: bool, around: Around) -> tuple[str, str, str]:
    """(kind, verdict, effect) of a definition."""
    from sqlglot import exp

    from wfc.embedded import sql_objects

    if isinstance(tree, exp.Drop):
        return "drop", UNSAFE if fails else SAFE, "fails, for what it takes away is gone"
    if isinstance(tree, exp.Alter):
        name = sql_objects.table_name(tree.this)
        renames = [one for one in tree.args.get("actions") or () if isinstance(one, exp.AlterRename)]
        circular = [one for one in renames if around.move(name, sql_objects.table_name(one.this))]
        if fails:
            return "alter", UNSAFE, "fails, for it has been done"
        known = sql_objects.changes(tree) is not None and not circular
        return "alter", SAFE if known else UNKNOWN, ""
    return "create", UNSAFE if fails else SAFE, "fails, for what it makes is there"


def writes(tree: exp.Expr) -> list[exp.Expr]:
    """The INSERT, UPDATE, DELETE and MERGE in a statement, those of its WITH too, but not the arms of a MERGE."""
    from sqlglot import exp

    kinds = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
    return [node for node in tree.find_all(*kinds, bfs=False) if node.find_ancestor(exp.When) is None]


def by_words(text: str) -> tuple[str, str, str]:
    """(kind, verdict, effect) of a statement without a tree, by its first words."""
    found = HEAD.match(text)
    first, second, third = ((found[number] or "").lower() for number in (1, 2, 3)) if found else ("", "", "")
    if first == "explain" and second != "analyze" and "analyze" not in text.lower():
        return "neutral", READ, ""
    if first in NEUTRAL:
        # `begin … end` of a procedure, a cursor that deletes, a setting of the whole server
        return ("neutral", UNKNOWN, "") if BLOCK.search(text) else ("neutral", READ, "")
    if first in SETTLED:
        return "settled", SAFE, ""
    if first == "notify":
        return "function", UNSAFE, "sends the message again"
    if first == "create" and second in ("temp", "temporary"):
        return "create", SAFE, ""
    if first == "create" and second == "extension":
        guarded = third == "if"
        return "create", SAFE if guarded else UNSAFE, "" if guarded else "fails, for what it makes is there"
    if first == "replace" and second == "into":
        # rows that are made of the table's own may grow
        again = len(found[3]) and text.lower().split().count(third) > 1 if found else True
        return "insert", UNKNOWN if again else SAFE, ""
    if first == "load" and second == "data" and not {"replace", "ignore"} & set(text.lower().split()):
        return "copy", UNSAFE, "adds the rows again"
    return "unparsed", UNKNOWN, ""


def reloads(found: list[Statement], reasons: list[Reason]) -> list[Reason]:
    """The same reasons; a DELETE of all rows is a `reload` where the same text then inserts into the table."""
    from sqlglot import exp

    from wfc.embedded.sql_objects import table_name

    filled = {
        table_name(node.this): statement.start  # the last one stays
        for statement in found
        if statement.tree is not None
        for node in statement.tree.find_all(exp.Insert, exp.Copy)
    }
    emptied = {
        statement.start: table_name(statement.tree.this)
        for statement in found
        if isinstance(statement.tree, exp.Delete)
    }
    return [
        Reason("reload", one.verdict, one.start, one.end, one.what)
        if one.kind == "delete-all" and filled.get(emptied.get(one.start, ""), -1) > one.start
        else one
        for one in reasons
    ]
