"""The whole compiler, phase by phase: texts → documents → project → checks → artifacts."""

from __future__ import annotations

from wfc import catalog as catalog_module
from wfc import ir
from wfc.diagnostic import ERROR, ordered
from wfc.parse import parse
from wfc.record import Record
from wfc.resolve import resolve
from wfc.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.diagnostic import Diagnostic
    from wfc.syntax import Document


class Loaded(Record):
    """A project as far as it could be understood, with its texts and what is wrong with them."""

    project: ir.Project
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, Source]
    documents: tuple[Document, ...]

    @property
    def broken(self) -> bool:
        """Is there an error, so that nothing may be compiled?"""
        return any(found.severity == ERROR for found in self.diagnostics)


def load_texts(texts: Iterable[tuple[str, str]], project: ir.Project | None = None) -> Loaded:
    """Parse and resolve (path, text) pairs as one project. project: settings to take over, its flows are replaced."""
    from wfc.record import replace

    sources: dict[str, Source] = {}
    documents: list[Document] = []
    found: list[Diagnostic] = []
    catalog = catalog_module.load()
    for path, text in texts:
        sources[path] = Source(path, text)
        document, problems = parse(path, text)
        documents.append(document)
        found += problems
        if document.root.nodes("action", "trigger_action"):
            catalog, problems = catalog.with_file(path, text)
            found += problems
    flows, problems = resolve(documents, catalog)
    found += problems
    settings = project or ir.Project(())
    return Loaded(replace(settings, flows=flows), ordered(found), sources, tuple(documents))


def load(paths: Iterable[str]) -> tuple[ir.Project, tuple[Diagnostic, ...]]:
    """Read, parse and resolve files as one project. Raises OSError or UnicodeDecodeError for what can't be read."""
    texts = []
    for path in paths:
        with open(path, encoding="utf-8-sig", newline="") as file:
            texts.append((path, file.read()))
    loaded = load_texts(texts)
    return loaded.project, loaded.diagnostics
