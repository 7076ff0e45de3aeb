"""What a target is: capabilities, and one function from a project and a flow to texts and a manifest."""

from __future__ import annotations

from wfc.record import Record
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow, Json, Project

NATIVE, EMULATED, UNSUPPORTED = "native", "emulated", "unsupported"

ROLES = (
    "task",
    "undo",
    "fallback",
    "gate",
    "wrapper",
    "calc",
    "glue",
    "loop",
    "branch",
    "approve",
    "require",
    "stop",
)


FEATURES = (
    *("sequence", "parallel", "parallel fail_fast", "if", "match", "for", "for max", "nested for", "try"),
    *("on failure", "finally", "workspace", "approve", "approve fields", "require", "stop", "fail"),
    *("retry", "timeout", "fallback", "undo", "undo in a loop", "until", "holds", "idempotent", "when"),
    *("shell", "python", "python packages", "image", "http", "sql", "sleep", "flow.run", "llm"),
    *("input", "secret", "config", "output", "file values", "expressions", "budget time"),
    *("concurrency queue", "concurrency skip", "concurrency cancel", "concurrency by"),
    *("on schedule", "on manual", "on webhook", "on file", "on flow", "on github and gitlab events", "where"),
)
"""What a target says of itself, one row each: the constructs of the language, in the order of docs/language.md."""


class Capability(Record):
    """How a target does a construct. level: native | emulated | unsupported.

    how: the idiom, or why it can't be had. cost: extra engine tasks or jobs ("1 gate"). remedy: the way out of
    `unsupported`, as an imperative.
    """

    feature: str
    level: str
    how: str
    cost: str = ""
    remedy: str = ""


class Option(Record):
    """A typed option of `target NAME { key: value }` and of [target.NAME] in wfc.toml.

    type: string | int | bool | list. values: what is allowed, () for anything of the type.
    """

    name: str
    type: str
    doc: str
    default: Json = None
    values: tuple[str, ...] = ()


class Artifact(Record):
    """One emitted file. path: relative to the output folder, with `/`."""

    path: str
    text: str


class Entry(Record):
    """One engine task in the manifest.

    id: the engine's own id (`job/step` on GitHub). path: of the source statement. role: one of ROLES.
    section: body | on_failure | finally | undo. artifact: path of the file it stands in. extra: what a reader of
    states needs beyond that (predecessors, guard, loop), target by target, documented there.
    """

    id: str
    path: str
    role: str
    section: str
    span: Span
    artifact: str = ""
    extra: tuple[tuple[str, Json], ...] = ()


class Manifest(Record):
    """The source map of one compiled flow: engine ids to source paths. Written as JSON (schemas/manifest)."""

    flow: str
    target: str
    version: str
    source_hash: str
    entries: tuple[Entry, ...]


class Compiled(Record):
    """The result of lowering one flow. With an error among the diagnostics, artifacts is ()."""

    artifacts: tuple[Artifact, ...]
    manifest: Manifest
    diagnostics: tuple[Diagnostic, ...] = ()


class Target(Record):
    """A target: `wfc compile --target NAME`.

    versions: engine versions whose text it can write, the default first. folder: where its files go by default.
    suffix: of the main file. compile(project, flow, version) lowers and emits one flow of the project. moot: codes of
    checks against whose faults the engine itself guards, so that they are not told of flows for it alone; each with the
    begins of the kinds of triggers for which that holds (a flow with any other has the fault), "" for all.
    """

    name: str
    title: str
    versions: tuple[str, ...]
    folder: str
    suffix: str
    capabilities: tuple[Capability, ...]
    options: tuple[Option, ...]
    compile: Callable[[Project, Flow, str], Compiled]
    moot: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def guards(self, code: str, flow: Flow) -> bool:
        """Does the engine guard a flow against the fault of a code, whatever starts it but a person?"""
        kinds = dict(self.moot).get(code)
        return kinds is not None and all(one.kind == "manual" or one.kind.startswith(kinds) for one in flow.triggers)
