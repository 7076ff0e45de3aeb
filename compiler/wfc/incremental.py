"""Texts, and what is known of those that did not change → the project, and what is known of it for the next time.

What is found in a file by parser, resolver and the checks of single flows stays true while these stay the same: its
text and path; the texts of the files of the flows that it names, and of those that these name; the names of all flows,
where one was looked for that is not there; every type, action and trigger that the project defines. Settings,
compiler and the like are for whoever keeps it (`wfc.commands.check_cache`). Checks of the whole project, and `allow`,
which may be about them, are asked again each time: they need no text, only resolved flows. What depends on what is a
"verifying trace" of Mokhov, Mitchell and Peyton Jones, Build systems à la carte, JFP 30, 2020.
"""

from __future__ import annotations

from hashlib import blake2b

from wfc import ir
from wfc.diagnostic import ordered
from wfc.gather import Gathered
from wfc.parse import parse
from wfc.pipeline import Loaded, catalog_of
from wfc.record import Record, replace
from wfc.resolve import resolve_each
from wfc.resolve.calls import ANY
from wfc.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.diagnostic import Diagnostic
    from wfc.gather import Collected
    from wfc.resolve import Resolved
    from wfc.settings import Settings
    from wfc.syntax import Document

    Found = tuple[Diagnostic, ...]


class KeptFlow(Record):
    """A resolved flow, what the resolver found in it, and the checks of single flows, before `allow`."""

    flow: ir.Flow
    resolved: Found
    checked: Found


class Kept(Record):
    """What is known of a file.

    digest: of its path and text. definitions: its types, actions and triggers, with their places, as one digest, ""
    for none. named: the names of its flows, as written. asked: the names of flows that it looks for. needs: (name,
    digest of the file of that flow, "" for no such flow) of these and of what they look for in turn. names: digest of
    the names of all flows, where it looked for any name, else "". problems: of the parser.
    """

    digest: str
    definitions: str
    named: tuple[str, ...]
    asked: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    names: str
    problems: Found
    flows: tuple[KeptFlow, ...]


class Known(Record):
    """What is known of a project: a digest of all its definitions, and its files by path."""

    definitions: str
    files: dict[str, Kept]


NOTHING = Known("", {})


class Partial:
    """A project of which only that is parsed and resolved which is not known.

    gathered: the project. checked: name of a flow → what the checks of single flows find in it; those that are not
    known are to be filled in by `run_checks` before `kept` is asked.
    """

    def __init__(self, collected: Collected, known: Known) -> None:
        self.texts = dict(collected.texts)
        self.digests = {path: digest(path, text) for path, text in collected.texts}
        self.same = {path: one for path, one in known.files.items() if self.digests.get(path) == one.digest}
        self.documents: dict[str, Document] = {}
        self.problems: dict[str, Found] = {}
        self.read(path for path in self.texts if path not in self.same)
        self.definitions = self.all_definitions()
        if self.definitions != known.definitions:
            self.read(list(self.same))
        self.places = self.all_places()
        self.names = digest(*sorted(self.places))
        self.read([path for path, one in self.same.items() if not self.holds(one)])
        self.done: tuple[Resolved, ...] = ()
        self.gathered = Gathered(self.loaded(collected.settings), collected.settings, collected.asked)
        self.checked = {flow.flow.name: flow.checked for one in self.same.values() for flow in one.flows}

    def read(self, paths: Iterable[str]) -> None:
        """Parse files; what was known of them is so no more."""
        for path in paths:
            self.documents[path], self.problems[path] = parse(path, self.texts[path])
            self.same.pop(path, None)

    def all_definitions(self) -> str:
        """A digest of what the project defines beside flows, "" for nothing."""
        parts = [
            self.same[path].definitions if path in self.same else definitions(self.documents[path])
            for path in self.texts
        ]
        return digest(*filter(None, parts)) if any(parts) else ""

    def all_places(self) -> dict[str, list[str]]:
        """Name of a flow → the files in which one of that name is written, one of them once for each."""
        places: dict[str, list[str]] = {}
        for path in self.texts:
            for name in self.same[path].named if path in self.same else flow_names(self.documents[path]):
                places.setdefault(name, []).append(path)
        return places

    def holds(self, one: Kept) -> bool:
        """Is what is known of an unchanged file still so? Of two flows with one name, nothing is ever known."""
        return (
            all(len(self.places[name]) == 1 for name in one.named)
            and all(self.digest_of(name) == known for name, known in one.needs)
            and one.names in ("", self.names)
        )

    def digest_of(self, name: str) -> str:
        """The digests of the files with a flow of that name, "" for none."""
        return " ".join(self.digests[path] for path in self.places.get(name, ()))

    def loaded(self, settings: Settings) -> Loaded:
        """The project, with what parser and resolver found: the same as of `wfc.pipeline.load_texts`."""
        for path, one in self.same.items():
            if one.definitions:  # what it defines is shared, and its texts are not kept
                self.documents[path] = parse(path, self.texts[path])[0]
        documents = [self.documents[path] for path in self.texts if path in self.documents]
        catalog, doubled = catalog_of(documents)
        before = {flow.flow.name: flow for one in self.same.values() for flow in one.flows}
        self.done, shared = resolve_each(
            documents, catalog, settings.defaults, [before[name].flow for name in sorted(before)]
        )
        flows = {name: (one.flow, one.resolved) for name, one in before.items()}
        flows |= {one.flow.name: (one.flow, one.found) for one in self.done}
        found = [item for path in self.texts for item in self.problems_of(path)]
        found += doubled + shared
        found += [item for name in sorted(flows) for item in flows[name][1]]
        project = ir.Project(
            tuple(flows[name][0] for name in sorted(flows)), settings.secrets, settings.target, settings.namespace
        )
        sources = {path: Source(path, text) for path, text in self.texts.items()}
        return Loaded(project, ordered(found), sources, tuple(documents))

    def problems_of(self, path: str) -> Found:
        """What the parser found in a file."""
        return self.same[path].problems if path in self.same else self.problems[path]

    def known(self) -> Known:
        """What is known of the project now, but of files with a flow whose name another has too."""
        files = {path: self.same[path] if path in self.same else self.known_of(path) for path in self.texts}
        asked = {path: one.asked for path, one in files.items()}
        return Known(
            self.definitions,
            {
                path: one if path in self.same else replace(one, needs=self.needs(one.asked, asked))
                for path, one in files.items()
                if all(len(self.places[name]) == 1 for name in one.named)
            },
        )

    def known_of(self, path: str) -> Kept:
        """What is known of a file that was read, but for what its flows need of others."""
        document = self.documents[path]
        own = [one for one in self.done if one.flow.span.source == path]
        asked = {name for one in own for name in one.asked}
        return Kept(
            self.digests[path],
            definitions(document),
            flow_names(document),
            tuple(sorted(asked - {ANY})),
            (),
            self.names if ANY in asked else "",
            self.problems[path],
            tuple(KeptFlow(one.flow, one.found, self.checked[one.flow.name]) for one in own),
        )

    def needs(self, names: Iterable[str], asked: dict[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
        """The names of flows and all that the files with these look for, each with `digest_of` it."""
        found = dict.fromkeys(names, "")
        queue = list(found)
        for name in queue:
            found[name] = self.digest_of(name)
            more = [other for path in self.places.get(name, ()) for other in asked[path] if other not in found]
            found |= dict.fromkeys(more, "")
            queue += dict.fromkeys(more)
        return tuple(sorted(found.items()))


def digest(*texts: str) -> str:
    """A digest of texts, each counted as one."""
    made = blake2b(digest_size=16)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.hexdigest()


def definitions(document: Document) -> str:
    """A digest of the types, actions and triggers that a document defines, with their places; "" for none."""
    nodes = document.root.nodes("typedef", "action", "trigger_action")
    parts = [part for node in nodes for part in (str(node.start), document.text[node.start : node.end])]
    return digest(document.path, *parts) if parts else ""


def flow_names(document: Document) -> tuple[str, ...]:
    """The names of the flows of a document, one that is there twice twice."""
    names = [node.token("NAME") for node in document.root.nodes("flow")]
    return tuple(name.text for name in names if name is not None)
