"""What is gathered while one flow is lowered: manifest entries, diagnostics, helpers that the text needs."""

from __future__ import annotations

from wfc import ir, walk
from wfc.diagnostic import ERROR, WARNING, Diagnostic
from wfc.record import Record, replace
from wfc.target import Entry
from wfc_targets.common import yaml
from wfc_targets.kestra import compute, model, pebble
from wfc_targets.kestra.limits import limits
from wfc_targets.kestra.native import native
from wfc_targets.kestra.places import Places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import AnyExpr, AnyStmt, Flow, Json, Project
    from wfc.source import Span
    from wfc.types import Type
    from wfc_targets.common.yaml import Node
    from wfc_targets.kestra.places import Around

PYTHON_IMAGE = "python:3.13-slim"


class Site(Record):
    """Where a statement is lowered.

    section: of the flow. around: the loops. shared: in a shared directory. arms: the branches, as (task, arm).
    """

    section: str
    around: Around = ()
    shared: bool = False
    arms: tuple[tuple[str, str], ...] = ()


class Unit:
    """One flow on its way to one engine version.

    kernel: names taken from kernel.py. scripts: uses outputs.sh. exported: the paths of the tasks whose results the
    flow hands out, as a part of another. part: it is one, and its undos stand in the other. undoes: the loops one
    iteration of which the flow undoes.
    """

    def __init__(self, project: Project, flow: Flow, version: str) -> None:
        self.project = project
        self.flow = flow
        self.version = version
        self.places = Places(project, flow, version)
        self.options: dict[str, Json] = {
            **next((dict(values) for name, values in project.settings if name == "kestra"), {}),
            **flow.option("kestra"),
        }
        self.limits = limits(flow)
        self.entries: list[Entry] = []
        self.diagnostics: list[Diagnostic] = []
        self.kernel: set[str] = set()
        self.scripts = False
        self.exported: set[str] = set()
        self.undoes: tuple[str, ...] = ()
        self.part = False
        self.children: list[model.EngineFlow] = []
        self._reads: dict[str, set[str] | None] | None = None
        self._collected: dict[str, set[str]] | None = None
        self._positions: dict[str, int] | None = None
        self._read_types: dict[str, Type] | None = None

    def note(self, task: str, stmt: AnyStmt, role: str, site: Site, **extra: Json) -> None:
        """Write an engine task into the manifest (see wfc_targets.kestra.states for what stands in `extra`)."""
        if site.arms:
            extra["arms"] = [list(arm) for arm in site.arms]
        section = "undo" if role == "undo" else site.section
        undoes = self.undoes or [loop for loop in site.around if loop in self.places.undone]
        if role == "undo" and undoes:
            extra["undoes"] = list(undoes)
        self.entries.append(Entry(task, stmt.path, role, section, stmt.span, "", tuple(sorted(extra.items()))))

    def adopt(self, child: Unit, made: model.EngineFlow) -> None:
        """Take in a flow that was made of a part of this one."""
        artifact = f"{made.id}.yaml"
        self.children += [made, *child.children]
        self.diagnostics += child.diagnostics
        self.entries += [replace(entry, artifact=entry.artifact or artifact) for entry in child.entries]

    def mark(self, task: str, **extra: Json) -> None:
        """Add to what the manifest says of an engine task."""
        for number, entry in enumerate(self.entries):
            if entry.id == task:
                self.entries[number] = replace(entry, extra=tuple(sorted({**dict(entry.extra), **extra}.items())))

    def wrap(self, wrapper: str, task: str) -> None:
        """Write a wrapper of one task into the manifest, under the task's statement."""
        entry = next(entry for entry in self.entries if entry.id == task)
        self.entries.append(replace(entry, id=wrapper, role="wrapper", extra=(("of", task),)))

    def unsupported(self, what: str, span: Span, why: str, remedy: str) -> None:
        """WF951: nothing is written."""
        message, why = f"Kestra can't do this: {what}", sentence(why)
        self.diagnostics.append(
            Diagnostic("WF951", "unsupported-by-target", ERROR, message, span, why=why, help=remedy)
        )

    def lossy(self, what: str, span: Span, why: str, remedy: str) -> None:
        """WF952: it is written, and a run may show a difference."""
        why = sentence(why)
        self.diagnostics.append(Diagnostic("WF952", "lossy-on-target", WARNING, what, span, why=why, help=remedy))

    def reads(self, path: str) -> set[str] | None:
        """The fields that are read of a task's result; None when it is read as a whole."""
        if self._reads is None:
            self._reads = _fields_read(self.flow)
        return self._reads.get(path, set())

    def collected(self, loop: str) -> set[str]:
        """The paths of the tasks in a loop whose results are read outside of it, or by an undo."""
        if self._collected is None:
            self._collected = self._collect()
        return self._collected.get(loop, set())

    def in_text_order(self, paths: set[str]) -> list[str]:
        """Paths of tasks and approvals in the order of the text; others are left out."""
        if self._positions is None:
            self._positions = {path: number for number, path in enumerate(self.places.producers)}
        known = self._positions
        return sorted((path for path in paths if path in known), key=known.__getitem__)

    def _collect(self) -> dict[str, set[str]]:
        """Loop → what `collected` gives."""
        found: dict[str, set[str]] = {}
        producers = self.places.producers
        for ref in self._task_references():
            for loop in producers[ref.name].loops[-ref.collect :] if ref.collect else ():
                found.setdefault(loop, set()).add(ref.name)
        for task in walk.tasks(self.flow):
            for expr in walk.call_expressions(task.undo) if task.undo else ():
                for ref in walk.references(expr):
                    if ref.kind == "task" and not ref.collect:
                        for loop in set(producers[task.path].loops) & set(producers[ref.name].loops):
                            found.setdefault(loop, set()).add(ref.name)
        return found

    def read_type(self, path: str) -> Type | None:
        """The type that a task's results have outside of their loops, None when nobody reads them there."""
        if self._read_types is None:
            self._read_types = {}
            for ref in self._task_references():
                if ref.collect:
                    self._read_types.setdefault(ref.name, ref.type)
        return self._read_types.get(path)

    def _task_references(self) -> Iterator[ir.Ref]:
        for expr in walk.flow_expressions(self.flow):
            yield from (ref for ref in walk.references(expr) if ref.kind == "task")

    def runner(self) -> Node:
        """The `taskRunner`, None for the engine's own default (Docker)."""
        return {"type": "io.kestra.plugin.core.runner.Process"} if self.options.get("runner") == "process" else None

    def image(self, wanted: str | None, otherwise: str | None) -> str | None:
        """The image of a script task: its own, the target's option, else a default."""
        option = self.options.get("image")
        return wanted or (option if isinstance(option, str) else otherwise)


class Calc:
    """The values of one statement that only Python can compute: one task `X_calc` in front of it."""

    def __init__(self, unit: Unit, stmt: AnyStmt, site: Site, guard: AnyExpr | None = None) -> None:
        self.unit = unit
        self.stmt = stmt
        self.site = site
        self.guard = guard
        self.operands = compute.Operands(unit.places, site.around)
        self.codes: dict[str, str] = {}

    @property
    def id(self) -> str:
        """The id of the task."""
        return f"{self.stmt.label}_calc"

    def take(self, expr: AnyExpr, name: str) -> str:
        """The Pebble text under which a value can be read: its own, or that of the computation."""
        text = native(expr, self.unit.places, self.site.around)
        return text if text is not None else self.computed(expr, name)

    def computed(self, expr: AnyExpr, name: str) -> str:
        """Like take, but computed in any case."""
        wanted, number = name, 2
        while name in self.codes:
            name, number = f"{wanted}_{number}", number + 1
        self.codes[name] = self.operands.code(expr)
        return pebble.member(f"outputs.{self.id}.vars", name)

    def tasks(self, run_if: str | None = None) -> list[model.EngineTask]:
        """The task in front, [] when everything was native."""
        if not self.codes:
            return []
        self.unit.note(self.id, self.stmt, "calc", self.site)
        return [script_task(self.unit, self.id, self.body(), self.operands, run_if=run_if)]

    def body(self) -> str:
        """The lines that compute and print."""
        when = self.codes.pop("when", None)
        entries = ", ".join(f'"{name}": {code}' for name, code in self.codes.items())
        if when is None:
            return f'print("::" + json.dumps({{"outputs": {{{entries}}}}}) + "::")'
        lines = [f'values = {{"when": {when}}}']
        if entries:
            lines += ['if values["when"]:', f"    values |= {{{entries}}}"]
        return "\n".join([*lines, 'print("::" + json.dumps({"outputs": values}) + "::")'])


def script_task(
    unit: Unit,
    task: str,
    body: str,
    operands: compute.Operands,
    *,
    imports: tuple[str, ...] = ("import json",),
    kernel: tuple[str, ...] = (),
    files: dict[str, str] | None = None,
    output_files: tuple[str, ...] = (),
    image: str | None = None,
    packages: tuple[str, ...] = (),
    run_if: str | None = None,
) -> model.Script:
    """A Python task: kernel names what it takes from kernel.py, files are more input files by name."""
    unit.kernel.update(kernel)
    text = compute.script(body, operands, imports, kernel)
    inputs: dict[str, Node] = {"kernel.py": "{{ vars.kernel }}"} if kernel else {}
    if operands.texts:
        inputs["args.json"] = operands.file()
    inputs |= files or {}
    return model.Script(
        id=task,
        run_if=run_if,
        container_image=unit.image(image, PYTHON_IMAGE),
        task_runner=unit.runner(),
        before_commands=[f"pip install -q {' '.join(packages)}"] if packages else None,
        input_files=inputs or None,
        output_files=list(output_files) or None,
        script=yaml.Block(text),
    )


def sentence(text: str) -> str:
    """A reason as a sentence: a capital letter in front, unless a name stands there, and a full stop."""
    first = text.partition(" ")[0]
    return (text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text) + "."


def _fields_read(flow: Flow) -> dict[str, set[str] | None]:
    """Path of a task → the fields of its result that a flow reads; None when it is read as a whole."""
    found: dict[str, set[str] | None] = {}
    stack = list(walk.flow_expressions(flow))
    while stack:
        current = stack.pop()
        match current:
            case ir.Ref(kind="task"):
                found[current.name] = None
            case ir.Field(of=ir.Ref(kind="task", name=path, collect=0)):
                fields = found.setdefault(path, set())
                if fields is not None:
                    fields.add(current.name)
            case _:
                stack += walk.children(current)
    return found
