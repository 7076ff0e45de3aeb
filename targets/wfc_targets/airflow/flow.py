"""One flow → a DAG: its body, then the gate, undos, handlers and `finally` behind it, then the file."""

from __future__ import annotations

from wfc import ir, walk
from wfc.diagnostic import ERROR, ordered
from wfc.record import replace
from wfc.target import Artifact, Compiled, Manifest
from wfc_targets.airflow import watch
from wfc_targets.airflow.copies import too_long
from wfc_targets.airflow.emit import emit
from wfc_targets.airflow.filters import wanted
from wfc_targets.airflow.graph import children, last_of
from wfc_targets.airflow.kernel import Kernel
from wfc_targets.airflow.lower import Lowering
from wfc_targets.airflow.manifest import entries
from wfc_targets.airflow.model import ALL_DONE, NONE_FAILED, Dag, Draft, Function, Line, asks, first_failure
from wfc_targets.airflow.names import Context, Names, Scope, Tail
from wfc_targets.airflow.report import unsupported
from wfc_targets.airflow.triggers import ASSET, dag_arguments
from wfc_targets.airflow.values import FunctionWriter, Values
from wfc_targets.common.python_source import Call, Code, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc_targets.airflow.model import Arguments
    from wfc_targets.airflow.undo import Undo
    from wfc_targets.common.python_source import Node

HELPER = "wfc_airflow.py"


def compile_flow(project: ir.Project, flow: ir.Flow, version: str) -> Compiled:
    """Lower and emit one flow. version: of Airflow, one of the target's."""
    names = Names(project, flow)
    if too_long(names):
        return Compiled((), Manifest(flow.name, "airflow", version, flow.source_hash, ()), tuple(names.diagnostics))
    maker = FlowMaker(names)
    maker.make()
    arguments = dag_arguments(names)
    diagnostics = ordered(names.diagnostics)
    artifact = f"{flow.name}.py"
    watched = next((trigger for trigger in flow.triggers if trigger.kind == "file"), None)
    found = [*entries(names, artifact), *(watch.entries(names, watched) if watched else ())]
    manifest = Manifest(flow.name, "airflow", version, flow.source_hash, tuple(found))
    if any(found.severity == ERROR for found in diagnostics):
        return Compiled((), manifest, diagnostics)
    dag = finished(names, arguments, version)
    artifacts = [Artifact(artifact, emit(dag)), Artifact(HELPER, helper())]
    if watched:
        artifacts.append(Artifact(f"{flow.name}_watch.py", emit(watch.dag(names, watched, origin(names, version)))))
    if names.pools:
        artifacts.append(Artifact(f"{flow.name}.pools.json", pools(names)))
    return Compiled(tuple(artifacts), manifest, diagnostics)


def finished(names: Names, arguments: Arguments, version: str) -> Dag:
    """The DAG with everything that its text needs."""
    flow = names.flow
    constants: list[tuple[str, Node]] = []
    if flow.budget and flow.budget.time:
        constants.append(("BUDGET", Call("wfc.within", ((None, Code(names.seconds(flow.budget.time))),))))
    groups = any(draft.group for draft in names.drafts.values())
    for word in ("task", "task_group"):
        used = any(draft.marks[-1].split(".")[0] == word for draft in names.drafts.values())
        if used or (word == "task_group" and groups):
            names.use("airflow.sdk", word)
    names.use("airflow.sdk", "DAG")
    words = set(used_words(names))
    if names.helpers & words:
        names.imports["wfc_airflow"] = names.helpers & words
    imports = tuple((module, tuple(sorted(found))) for module, found in sorted(names.imports.items()))
    header = header_lines(names, version)
    return Dag(
        flow.name, header, tuple(sorted(names.modules & words)), imports, tuple(constants), tuple(arguments),
        tuple(names.drafts.values()), names.uses_dag or uses_get_task(names),
    )  # fmt: skip


def used_words(names: Names) -> Iterator[str]:
    """What all functions of the file call or look into: what is not among it need not be imported."""
    import re

    for draft in names.drafts.values():
        for function in (*draft.functions, *([draft.function] if draft.function else [])):
            for line in function.lines:
                yield from re.findall(r"(?<![\w.])\w+(?=[.(])", line.text + write(line.value))


def uses_get_task(names: Names) -> bool:
    """Does an edge reach into a mapped group, so that the text names the DAG?"""
    from wfc_targets.airflow.edges import group_edges

    return any("dag.get_task" in end for edge in group_edges(tuple(names.drafts.values())) for end in edge)


def header_lines(names: Names, version: str) -> tuple[str, ...]:
    """The module docstring: what the flow is for, and where its text comes from."""
    flow = names.flow
    doc = flow.doc.replace("\\", "\\\\").replace('"""', "'''") or f"The flow {flow.name}."
    lines = [*doc.split("\n"), *origin(names, version)]
    for pool, slots in sorted(names.pools.items()):
        lines += ["", f"It needs a pool: airflow pools set {pool} {slots} 'made by wfc'"]
    needs = sorted({word for task in walk.tasks(flow) for call in walk.calls(task) for word in call.needs})
    if needs:
        lines += ["", f"Its workers need: {', '.join(needs)}"]
    return tuple(lines)


def origin(names: Names, version: str) -> tuple[str, ...]:
    """The lines that say where a file comes from."""
    flow = names.flow
    made = f"Generated by wfc from the flow {flow.name} ({flow.source_hash}) for Airflow {version}."
    return ("", made, "Edit the .wf, not this file.")


def helper() -> str:
    """The text of the helper module, the functions of the language at its end."""
    import os

    from wfc.python_prelude import HELPERS, IMPORTS, prelude

    path = os.path.join(os.path.dirname(__file__), f"{HELPER}.txt")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    functions = prelude(HELPERS)
    for name in IMPORTS:
        functions = functions.removeprefix(f"import {name}\n")
    return f"{text}# fmt: off\n\n\n{functions.lstrip()}\n\n# fmt: on\n"


def pools(names: Names) -> str:
    """The file that `airflow pools import` takes."""
    import json

    made = {
        name: {"slots": slots, "description": f"made by wfc for {names.flow.name}", "include_deferred": False}
        for name, slots in sorted(names.pools.items())
    }
    return json.dumps(made, indent=2) + "\n"


class FlowMaker:
    """Puts the sections of a flow together."""

    def __init__(self, names: Names) -> None:
        self.names, self.flow = names, names.flow
        self.lowering = Lowering(names)

    def make(self) -> None:
        """Body, gate, undos, handlers, `finally`, and the task that decides about the run."""
        tail = self.lowering.block(self.flow.body, self.filters())
        tail = self.outputs(tail)
        body = list(self.names.drafts.values())
        undos = self.lowering.undos.close()
        self.lowering.undos.open()
        handled = bool(self.flow.on_failure or undos) and bool(body)
        if handled:
            self.handlers(body, undos)
        final = self.finally_()
        self.lowering.finish()
        for draft in self.names.drafts.values():
            said = any(name == "multiple_outputs" for name, _ in draft.options)
            # A sensor says by itself that its result is one XCom.
            if draft.record and draft.operator != "task.sensor" and not said:
                draft.options.append(("multiple_outputs", False))
        self.done(tail, handled, final)
        self.budget()

    def filters(self) -> Scope:
        """A gate for `where` on a trigger and its own filters; without them, the start of the flow."""
        found = [
            (trigger, kept)
            for trigger in self.flow.triggers
            for kept in [wanted(self.names, trigger)]
            if kept or trigger.where is not None
        ]
        if not found:
            return Scope()
        trigger, kept = found[0]
        span = trigger.where.span if trigger.where is not None else trigger.span
        if len(self.flow.triggers) > 1 or self.flow.finally_:
            unsupported(
                self.names,
                span,
                f"{'`where`' if trigger.where is not None else 'a filtered event'} beside other triggers or `finally`",
                "A DAG can't tell which trigger started it, and its teardowns run in any case.",
                "put the body into an `if`",
            )
        writer = FunctionWriter(Values(self.names, Scope()))
        draft = Draft(self.names.fresh("where"), "glue", "", span, "task.short_circuit")
        test: Node = Call("wfc.is_wanted", ((None, Code("context")), (None, {**kept})))
        before: list[Line] = []
        if trigger.where is not None and kept:
            name = writer.free("wanted")
            before = [Line(f"{name} = ", test), Line(f"if not {name}:"), Line("return False", depth=1)]
        if trigger.where is not None:
            test = writer.code(trigger.where, "holds")
        draft.function = Function(draft.id, "**context", (*before, *writer.lines, Line("return ", test)))
        self.lowering.add(draft, Scope())
        return Scope(before=(draft.id,))

    def outputs(self, tail: Tail) -> Tail:
        """The task whose result is what a caller of the flow reads."""
        if not self.flow.outputs:
            return tail
        writer = FunctionWriter(Values(self.names, Scope()))
        record: dict[str, Node] = {item.name: writer.code(item.value, item.name) for item in self.flow.outputs}
        draft = Draft("outputs", "calc", "", self.flow.span)
        draft.record = True
        draft.function = Function("outputs", "**context", (*writer.lines, Line("return ", record)))
        self.lowering.add(draft, Scope().after(tail))
        return Tail((draft.id,), False)

    def handlers(self, body: list[Draft], undos: list[Undo]) -> None:
        """A gate that lets through when something failed, the undos, then `on failure`."""
        failing = [draft for draft in body if not draft.handled and not draft.is_empty]
        gate = Draft("failure", "gate", "", self.flow.span, "task.short_circuit")
        gate.function = Function(gate.id, "**context", (Line("return ", first_failure(failing)),))
        gate.options.append(("ignore_downstream_trigger_rules", False))
        scope = Scope(before=last_of(self.names.drafts, [draft.id for draft in body]), section="on_failure")
        self.lowering.add(gate, scope, ALL_DONE)
        gate.handled = True
        inside = Scope(before=(gate.id,), section="on_failure").inside(Context(branch=gate.id))
        if undos:
            waiting = replace(inside, skippable=True, waits=True)
            last = self.lowering.undos.emit(undos, waiting)
            inside = replace(waiting, before=tuple(dict.fromkeys((gate.id, *last))))
        self.lowering.block(self.flow.on_failure, inside)

    def finally_(self) -> tuple[str, ...]:
        """`finally`: teardowns where it is a plain sequence of tasks, else tasks that wait for everything."""
        before = list(self.names.drafts)
        if not self.flow.finally_:
            return ()
        simple = all(
            isinstance(stmt, ir.Let) or (isinstance(stmt, ir.Task) and not (stmt.fallback or stmt.until or stmt.holds))
            for stmt in self.flow.finally_
        )
        scope = Scope(before=last_of(self.names.drafts, before), section="finally", waits=bool(before))
        if simple:
            return self.teardowns([stmt for stmt in self.flow.finally_ if isinstance(stmt, ir.Task)], scope)
        for stmt in walk.statements(self.flow.body):
            if isinstance(stmt, ir.Stop):
                unsupported(
                    self.names,
                    stmt.span,
                    "`stop` in a flow whose `finally` holds more than plain tasks",
                    "It would skip them: only teardowns run after a short circuit.",
                    "put the part of `finally` into a flow of its own and call it with `flow.run`",
                )
        if any(self.names.drafts[name].operator == "task.short_circuit" for name in scope.before):
            scope = replace(scope, before=self.ended_all(scope))
        return self.lowering.block(self.flow.finally_, scope).nodes

    def ended_all(self, scope: Scope) -> tuple[str, ...]:
        """A task between a short circuit, which skips what stands right behind it, and what must run all the same."""
        operator = self.names.use("airflow.providers.standard.operators.empty", "EmptyOperator")
        draft = Draft(self.names.fresh("handled"), "glue", "", self.flow.span, operator)
        draft.handled = True
        self.lowering.add(draft, scope, ALL_DONE)
        return (draft.id,)

    def teardowns(self, tasks: list[ir.Task], scope: Scope) -> tuple[str, ...]:
        """One teardown after the other, each only if none before it failed."""
        made: list[str] = []
        for stmt in tasks:
            name = self.lowering.id(stmt.label, scope)
            draft = Kernel(self.names, scope).draft(name, "task", stmt, stmt.call)
            draft.teardown, draft.handled = True, True
            self.lowering.guard(draft, stmt.when, scope)
            if made:
                draft.checks.insert(0, asks("unfailed", *made))
                draft.notes.append(("behind", [*made]))
            self.lowering.add(draft, scope, ALL_DONE, made[-1:] or None)
            self.lowering.site(stmt, (name,), draft, scope)
            made.append(name)
        if any(isinstance(stmt, ir.Stop) for stmt in walk.statements(self.flow.body)):
            self.ended(made, scope)
        return tuple(made)

    def ended(self, final: list[str], scope: Scope) -> None:
        """A last teardown that fails when one before it has: a `stop` skips `done`, which else would."""
        error = self.names.use("airflow.sdk.exceptions", "AirflowFailException")
        draft = Draft(self.names.fresh("ended"), "glue", "", self.flow.span, self.names.use("airflow.sdk", "teardown"))
        test = Line(f"if not {write(asks('unfailed', *final))}(context):")
        lines = (test, Line(f'raise {error}("`finally` has failed")', depth=1))
        draft.function = Function(draft.id, "**context", lines)
        draft.options.append(("on_failure_fail_dagrun", True))
        draft.handled = True
        self.lowering.add(draft, replace(scope, waits=False), ALL_DONE, final[-1:])

    def done(self, tail: Tail, handled: bool, final: tuple[str, ...]) -> None:
        """The leaf that decides whether the run has failed; left out where the last tasks of the body do."""
        watched = [item.id for item in self.names.drafts.values() if item.operator not in ("teardown",)]
        following = children(self.names.drafts)
        leaves = all(not [one for one in following[name] if one in watched] for name in tail.nodes)
        outlets = [flow for flow in self.names.project.flows if follows(flow, self.flow.name)]
        if not (handled or final or outlets or not leaves) or not self.names.drafts:
            return
        operator = self.names.use("airflow.providers.standard.operators.empty", "EmptyOperator")
        draft = Draft(self.names.fresh("done"), "glue", "", self.flow.span, operator)
        if outlets:
            asset = Call(self.names.use("airflow.sdk", "Asset"), ((None, ASSET + self.flow.name),))
            draft.options.append(("outlets", [asset]))
        self.lowering.add(draft, Scope(section="finally"), NONE_FAILED, [*tail.nodes, *final])

    def budget(self) -> None:
        """Guards of the body keep the time budget too; what comes after the body is free of it."""
        if not self.flow.budget or not self.flow.budget.time:
            return
        for draft in self.names.drafts.values():
            if draft.section != "body" and not draft.checks and not draft.is_empty:
                draft.options.append(("pre_execute", None))
            elif draft.section == "body" and draft.checks:
                draft.checks.insert(0, Code("BUDGET"))


def follows(flow: ir.Flow, name: str) -> bool:
    """Does the flow start when the flow `name` has ended?"""
    return any(trigger.kind == "flow" and dict(trigger.args).get("name") == name for trigger in flow.triggers)
