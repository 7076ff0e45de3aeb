"""The actions and triggers that a flow may call: name → its definition, still as text, from one prepared table.

Only the definitions that a flow uses are parsed (by the resolver); the table is built by `wfc.build_catalog`.
"""

from __future__ import annotations

import os

from wfc.diagnostic import ERROR, Diagnostic, Label
from wfc.record import Record
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.catalog.search import Hit
    from wfc.syntax import Document

    Row = tuple[str, str, str, int, str, str, tuple[str, ...], tuple[str, ...]]

ACTION, TRIGGER = "action", "trigger"
PREFIX = "wfc:"
"""Stands before the file name in the spans of built-in definitions, so that no project file has the same path."""
FOLDER = os.path.dirname(__file__)
TABLE = os.path.join(os.path.dirname(FOLDER), "catalog.bin")


class Entry(Record):
    """One definition.

    kind: `action` or `trigger`. path: its source (`wfc:slack.wf`, or a file of the project), offset: where `text`
    begins there. doc: the first line of its documentation. parameters, synonyms: for search.
    """

    name: str
    kind: str
    path: str
    offset: int
    text: str
    doc: str
    parameters: tuple[str, ...]
    synonyms: tuple[str, ...]

    @property
    def span(self) -> Span:
        """The place of the whole definition."""
        return Span(self.offset, self.offset + len(self.text), self.path)


class Catalog(Record):
    """All definitions by name. Actions and triggers share one space of names, so that a name means one thing.

    rows: the fields of `Entry`; an entry is made when asked for, because a flow uses few of them.
    """

    rows: dict[str, Row]

    @property
    def entries(self) -> dict[str, Entry]:
        """All definitions, made anew."""
        return {name: Entry(*row) for name, row in self.rows.items()}

    def definition(self, name: str) -> tuple[str, str, int, str] | None:
        """Path, text, offset of the text in the path, and kind of a definition; None when there is none."""
        row = self.rows.get(name)
        if row is None:
            return None
        _, kind, path, offset, text, *_ = row
        return path, text, offset, kind

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of all definitions of a kind (`action` or `trigger`), sorted."""
        return tuple(sorted(name for name, row in self.rows.items() if row[1] == kind))

    def with_file(self, path: str, text: str) -> tuple[Catalog, tuple[Diagnostic, ...]]:
        """This catalog and the definitions in one file of a project. Reports WF001 (syntax) and WF103 (duplicate)."""
        from wfc.parse import parse

        document, problems = parse(path, text)
        catalog, doubled = self.with_document(document)
        return catalog, problems + doubled

    def with_document(self, document: Document) -> tuple[Catalog, tuple[Diagnostic, ...]]:
        """This catalog and the definitions in a parsed file; of two with one name the first stays. Reports WF103."""
        from wfc.catalog.read import definitions

        rows = dict(self.rows)
        problems = []
        for row, place in definitions(document):
            first = rows.setdefault(row[0], row)
            if first is not row:
                problems.append(duplicate(place, Entry(*first)))
        return Catalog(rows), tuple(problems)

    def search(self, query: str, kind: str = ACTION, limit: int = 10) -> list[Hit]:
        """The definitions of a kind that fit a query in words, best first; see `wfc.catalog.search`."""
        from wfc.catalog.search import search

        return search([entry for entry in self.entries.values() if entry.kind == kind], query, limit)


def duplicate(place: Span, first: Entry) -> Diagnostic:
    """WF103 for a definition whose name is taken."""
    built_in = first.path.startswith(PREFIX)
    labels = () if built_in else (Label(first.span, f"the first `{first.name}`"),)
    return Diagnostic(
        "WF103",
        "duplicate-name",
        ERROR,
        f"the {first.kind} `{first.name}` {'is part of wfc already' if built_in else 'is defined twice'}",
        place,
        labels,
        help="give it another name, for example with the name of your project before the dot",
    )


def load() -> Catalog:
    """The built-in catalog: the kernel, the standard library and the triggers. Read once a process."""
    global _loaded
    if _loaded is None:
        import marshal

        with open(TABLE, "rb") as file:
            _loaded = Catalog({row[0]: row for row in marshal.loads(file.read())})
    return _loaded


_loaded: Catalog | None = None


def source(path: str) -> str | None:
    """The text of a built-in source (`wfc:slack.wf`), for showing places in it; None for any other path."""
    name = path.removeprefix(PREFIX)
    if name == path or os.path.basename(name) != name or not name.endswith(".wf"):
        return None
    file = os.path.join(FOLDER, name)
    if not os.path.isfile(file):
        return None
    with open(file, encoding="utf-8", newline="") as opened:
        return opened.read()
