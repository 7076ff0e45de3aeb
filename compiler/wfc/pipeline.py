"""The whole compiler, phase by phase: texts → documents → project → checks → artifacts."""

from __future__ import annotations

from wfc import catalog as catalog_module
from wfc import ir
from wfc.diagnostic import ERROR, ordered
from wfc.parse import parse
from wfc.record import Record, replace
from wfc.resolve import resolve
from wfc.settings import Settings
from wfc.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.catalog import Catalog
    from wfc.diagnostic import Diagnostic
    from wfc.syntax import Document
    from wfc.target import Compiled, Target


class Loaded(Record):
    """A project as far as it could be understood, with its texts and what is wrong with them."""

    project: ir.Project
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, Source]
    documents: tuple[Document, ...]


def load_texts(texts: Iterable[tuple[str, str]], settings: Settings | None = None) -> Loaded:
    """Parse and resolve (path, text) pairs as one project.

    Reports WF001 and all that the resolver reports (wfc.resolve); the checks are not run (`wfc.check`).
    """
    settings = settings or Settings()
    sources: dict[str, Source] = {}
    documents: list[Document] = []
    found: list[Diagnostic] = []
    for path, text in texts:
        sources[path] = Source(path, text)
        document, problems = parse(path, text)
        documents.append(document)
        found += problems
    catalog, doubled = catalog_of(documents)
    flows, problems = resolve(documents, catalog, settings.defaults)
    found += doubled + problems
    project = ir.Project(flows, settings.secrets, settings.target, settings.namespace)
    return Loaded(project, ordered(found), sources, tuple(documents))


def catalog_of(documents: Iterable[Document]) -> tuple[Catalog, tuple[Diagnostic, ...]]:
    """The built-in actions and triggers with those that documents define. Reports WF103 for what is there twice."""
    catalog = catalog_module.load()
    found: tuple[Diagnostic, ...] = ()
    for document in documents:
        if document.root.nodes("action", "trigger_action"):
            catalog, problems = catalog.with_document(document)
            found += problems
    return catalog, found


def load(paths: Iterable[str]) -> tuple[ir.Project, tuple[Diagnostic, ...]]:
    """Read, parse and resolve files as one project. Raises UserError for what can't be read."""
    from wfc.files import read_source

    loaded = load_texts([(path, read_source(path)) for path in paths])
    return loaded.project, loaded.diagnostics


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Is one of them an error, so that nothing may be compiled?"""
    return any(found.severity == ERROR for found in diagnostics)


def compile_flow(project: ir.Project, flow: ir.Flow, target: Target, version: str = "") -> Compiled:
    """The files of one flow on a target; version: one of `target.versions`, the first unless said.

    The project must be free of errors. With an error among the diagnostics of the result there are no files. What the
    flow allows of the differences (WF952) is left out.
    """
    compiled = target.compile(project, flow, version or target.versions[0])
    found = ordered(compiled.diagnostics)
    if found:
        from wfc.check import sift

        lossy = [item for item in found if item.code == "WF952"]
        allowed = set(lossy) - set(sift(lossy, flow)[0])
        found = tuple(item for item in found if item not in allowed)
    return replace(compiled, diagnostics=found)
