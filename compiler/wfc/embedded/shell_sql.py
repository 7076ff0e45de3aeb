"""SQL in the arguments, or the input, of a database client: `psql -c '…'`, `mysql <<SQL`, `bq query '…'`."""

from __future__ import annotations

from wfc.embedded.shell_destroys import DESTRUCTION, LASTING, taken
from wfc.embedded.shell_guards import FAILS, REPEATS
from wfc.embedded.shell_state import HERE, TEMP
from wfc.embedded.sql_parts import created, removed
from wfc.embedded.verdict import READ, SAFE, UNKNOWN, UNSAFE
from wfc.patterns import ready
from wfc.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tree_sitter import Node

    from wfc.embedded.shell_guards import Found
    from wfc.embedded.shell_reader import Reader
    from wfc.embedded.shell_words import Word
    from wfc.embedded.verdict import Reason

CLIENTS = {
    "psql": ("postgres", "-c --command"),
    "mysql": ("mysql", "-e --execute"),
    "mariadb": ("mysql", "-e --execute"),
    "clickhouse-client": ("clickhouse", "-q --query"),
}
"""Clients of databases: their SQL, and the flags that hold it."""
PLAIN_CLIENTS = {"sqlite3": "sqlite", "duckdb": "duckdb"}
"""Those whose SQL is the word behind the file."""
CLIENT_OPTIONS = "-h -p -U -d -v -F -o -f -P --host --port --user --dbname --set --file --variable --username -u -D"
EVERY_ROW = {"delete-all": "deletes every row", "update-all": "changes every row"}
"""Kinds of statements without WHERE, as the reader of SQL calls them."""
OTHER_READS = ready(r"(?is)\s*(?:\\d\w*|\\l\w*|\.tables|\.schema|show\b[^;]*|describe\s[^;]*);?\s*$")
COPY_IN = ready(r"(?is)\s*\\copy\s+[\w.\"${}]+\s*(?:\([^()]*\)\s*)?from\b")
COPY_OUT = ready(r"(?is)\s*\\copy\s+(?:[\w.\"${}]+\s*(?:\([^()]*\)\s*)?|\(.*\)\s*)to\s+(?!program\b)")
OF_CLIENT = ready(r"(?m)^\s*[\\.]\w")
EXPANSION = ready(r"\$(?:\{\w+\}|\w+)")
QUOTED = ready(r"'(?:[^']|'')*'")
NAME_BEFORE = ready(r"(?i)(?:\b(?:into|from|table|update|join|view|index|schema|database|exists|using)\s+|[\w.])$")
VALUE_BEFORE = ready(r"(?:[=<>(,+*/-]|\b(?:limit|offset|between|and|interval))\s*$")


class Query(Record):
    """A call of a client: its place, and the SQL that it runs, "" where that is not known."""

    reason: Reason
    text: str
    dialect: str


def doubled(queries: Sequence[Query], unsafe: Collection[tuple[int, int]]) -> tuple[Reason, ...]:
    """The statements of a script's SQL that are not the same twice, at the places of their calls.

    unsafe: the places of calls of which that is known. The SQL of all calls is read as one text, for one may empty or
    make what the next one fills; where one of them is not known, or they speak several languages, nothing is told.
    """
    if not unsafe or not all(one.text for one in queries) or len({one.dialect for one in queries}) != 1:
        return ()
    from wfc.embedded.sql import classify

    ends, text = [], ""
    for one in queries:
        text += f"{one.text}\n;\n"
        ends.append(len(text))
    found = []
    for item in classify(text, queries[0].dialect).reasons:
        call = next(one.reason for one, end in zip(queries, ends, strict=True) if item.start < end)
        if item.verdict == UNSAFE and (call.start, call.end) in unsafe:
            found.append(replace(call, kind=item.kind, what=item.what, effect=item.effect))
    return tuple(found)


def client(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """A call of a client with SQL in its flags or on its input."""
    if name in PLAIN_CLIENTS:
        plain = [one for one in words if one.text[:1] != "-"]
        stays = not plain or not is_passing(reader, plain[0])
        here = not plain or reader.place(plain[0]) == HERE
        return sql(reader, [one.text for one in plain[1:]], PLAIN_CLIENTS[name], words, node, stays=stays, here=here)
    dialect, flags = CLIENTS[name]
    holders = flags.split()
    takers = set(CLIENT_OPTIONS.split())
    texts: list[str] = []
    number = 0
    while number < len(words):
        text = words[number].text
        number += 1
        following = words[number].text if number < len(words) else ""
        if text in ("-l", "--list", "--version", "-V"):
            return []
        if text in holders or (text[:1] == "-" and text[1:2] != "-" and text[-1] == holders[0][1]):
            texts.append(following)
            number += 1
        elif text.startswith(tuple(f"{holder}=" for holder in holders)):
            texts.append(text.partition("=")[2])
        elif text in ("-f", "--file") or text.startswith("--file="):
            reader.queries.append(Query(reader.found(REPEATS, UNKNOWN, node, "", "").reason, "", dialect))
            return reader.unread(node)
        elif text in takers:
            number += 1
    return sql(reader, texts, dialect, words, node)


def is_passing(reader: Reader, file: Word) -> bool:
    """Is the file of a database one of this run only?"""
    return file.text == ":memory:" or file.text.startswith("/tmp/") or reader.place(file) == TEMP


def bigquery(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`bq query`, whose result goes to a table where a flag says so (the bq reference of Google Cloud)."""
    flags = {one.text.partition("=")[0].lstrip("-") for one in words if one.text[:1] == "-"}
    if "dry_run" in flags:
        return []
    given = words[-1] if words[-1].text[:1] != "-" and words[-1].text != "query" else reader.given()
    verdict, effect, _ = sql_verdict(given.text, "bigquery") if given is not None else (UNKNOWN, "", ())
    if "destination_table" in flags and verdict == READ:
        verdict, effect = (SAFE, "") if "replace" in flags else (UNKNOWN, "")
        if "append_table" in flags:
            verdict, effect = UNSAFE, "appends the rows again"
    return [reader.found(REPEATS, verdict, node, effect, "")] if verdict != READ else []


def sql(
    reader: Reader,
    texts: Sequence[str],
    dialect: str,
    words: Sequence[Word],
    node: Node,
    *,
    stays: bool = True,
    here: bool = False,
) -> list[Found]:
    """A command that runs SQL: that of its words, or what it is given; neither is `unknown`.

    stays: is the database more than one of this run? here: is it in the directory, which engines make for each run?
    """
    given = reader.given()
    if not texts and given is not None and not given.many:
        texts, words = [given.text], [given, *words]
    verdict, effect, kinds = sql_verdict(";\n".join(texts), dialect)
    if stays and not here:
        plain = expanded(";\n".join(texts)) or ""
        known = "" if OF_CLIENT.search(plain) else plain.strip()
        reader.queries.append(Query(reader.found(REPEATS, verdict, node, "", "").reason, known, dialect))
    if verdict == SAFE and any(one.change for one in words):
        verdict = UNKNOWN  # it writes another key or value in each run
    names = [one.text for one in words if one.text[:1] != "-"]
    if stays and removed(";\n".join(texts)):
        reader.lasting.append(taken(reader, LASTING, node, "", names))
    if verdict == READ:
        return []
    if stays and (done := next((EVERY_ROW[kind] for kind in kinds if kind in EVERY_ROW), "")):
        reader.destroyed.append(taken(reader, DESTRUCTION, node, done, names))
    kind = FAILS if effect.startswith("fails") else REPEATS
    return [reader.found(kind, verdict, node, effect, "", frozenset(one.text for one in words))]


def sql_verdict(text: str, dialect: str) -> tuple[str, str, tuple[str, ...]]:
    """(verdict, what a second run does, kinds of its statements) of a SQL text with expansions of the shell in it.

    The statements about what the text has made itself are left out of the last.
    """
    if OTHER_READS.match(text):
        return READ, "", ()
    if COPY_IN.match(text) and ";" not in text:
        return UNSAFE, "adds the rows again, or fails on their key", ()
    if COPY_OUT.match(text) and ";" not in text:
        return SAFE, "", ()
    plain = expanded(text)
    if plain is None or not plain.strip() or OF_CLIENT.search(plain):
        return UNKNOWN, "", ()
    from wfc.embedded.sql import classify

    found = classify(plain, dialect)
    effect = next((one.effect for one in found.reasons if one.verdict == found.kind), "")
    own = created(plain)
    others = (one for one in found.reasons if not own & {part.lower() for part in plain[one.start : one.end].split()})
    return found.kind, effect, tuple(one.kind for one in others)


def expanded(text: str) -> str | None:
    """SQL with names and values where the shell puts its own; None where they may be anything (`where $FILTER`)."""
    if "$" not in text and "`" not in text:
        return text
    if "$(" in text or "$$" in text:
        return None
    quoted = [found.span() for found in QUOTED.finditer(text)]
    parts, end = [], 0
    for found in EXPANSION.finditer(text):
        before = text[: found.start()]
        if any(start < found.start() < stop for start, stop in quoted) or NAME_BEFORE.search(before):
            put = found[0].strip("${}")
        elif VALUE_BEFORE.search(before):
            put = "1"
        else:
            return None
        parts += [text[end : found.start()], put]
        end = found.end()
    rest = "".join([*parts, text[end:]])
    return None if "$" in rest else rest
