"""Where a value stands at run time: references of the flow → Pebble paths, such as `outputs.load.vars.rows`."""

from __future__ import annotations

from wfc import ir, types
from wfc.record import Record
from wfc.types import EnumType, ListType, MapType, OptionalType, RecordType
from wfc_targets.kestra import pebble
from wfc_targets.kestra.events import event_field, whole_event
from wfc_targets.kestra.native import native
from wfc_targets.kestra.nesting import literal_items, nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Call, Flow, Project
    from wfc.types import Type

ITERATION = "inputs.iteration"
"""What an iteration handed out, to the flow that undoes it on 1.3."""
LONGEST_INLINE = 5_000
"""Characters of what is put in place of a name: a default, a fallback, the list of a loop. Nobody writes more."""
Around = tuple[str, ...]
"""The labels of the loops around a reader, outermost first."""


class Producer(Record):
    """A statement with a result, and the labels of the loops around it, outermost first."""

    stmt: ir.Task | ir.Approve
    loops: Around


class Places:
    """The values of one flow.

    failure: the texts of `failure.task` and `failure.message`, set by who knows the place. undone: the loops whose
    iterations are being undone, by loops over the numbers of those. handed: where the results and states of the
    statements `inside` stand that ran in a flow of their own (see wfc_targets.kestra.parts).
    """

    def __init__(self, project: Project, flow: Flow, version: str) -> None:
        self.project = project
        self.version = version
        self.flow = flow
        self.loops: dict[str, ir.For] = {}
        self.producers: dict[str, Producer] = {}
        self.failure: dict[str, str] = {}
        self.inlined: dict[int, bool] = {}
        self.undone: set[str] = set()
        self.handed = self.polled = ""
        self.inside: frozenset[str] = frozenset()
        for block in (flow.body, flow.on_failure, flow.finally_):
            for stmt, around in nested(block, ()):
                if isinstance(stmt, ir.Task | ir.Approve):
                    self.producers[stmt.path] = Producer(stmt, around)
                elif isinstance(stmt, ir.For):
                    self.loops[stmt.label] = stmt

    def path(self, expr: AnyExpr, around: Around) -> str | None:
        """The Pebble path of a reference and the fields behind it, or None for anything that is no path.

        What may be missing at run time reads as null.
        """
        steps: list[ir.Field | ir.Index] = []
        base = expr
        while isinstance(base, ir.Field | ir.Index):
            steps.append(base)
            base = base.of
        if not isinstance(base, ir.Ref) or base.kind == "var":
            return None
        steps.reverse()
        fields = [step.name for step in steps if isinstance(step, ir.Field)]
        text, used = self._base(base, fields if len(fields) == len(steps) else fields[:1], around)
        for step in steps[used:]:
            after = self._step(text, step, around)
            if after is None:
                return None
            text = after
        if any(_may_be_missing(part) for part in (base, *steps)):
            return text if text.endswith("?? null)") else f"({text} ?? null)"
        return text

    def _step(self, text: str, step: ir.Field | ir.Index, around: Around) -> str | None:
        if isinstance(step, ir.Field):
            return None if step.of.type == types.DATE else pebble.member(text, step.name)
        if isinstance(step.index, ir.Literal) and isinstance(step.index.value, str):
            return pebble.member(text, step.index.value)
        if isinstance(step.index, ir.Literal) and isinstance(step.index.value, int) and step.index.value >= 0:
            return f"{text}[{step.index.value}]"
        if isinstance(step.index, ir.Ref) and step.index.kind == "index":
            return f"{text}[{self.reference(step.index, around)}]"
        return None

    def _base(self, ref: ir.Ref, fields: list[str], around: Around) -> tuple[str, int]:
        """The text of a reference, and how many of the fields behind it are part of the text already."""
        if self.version == "2.0" and len(around) > 1 and (name := hoisted_name(ref, fields)):
            return pebble.member(f"fromJson(outputs.{around[0]}_once.value)", name), int(ref.kind == "event")
        if ref.kind == "event" and fields:
            return event_field(self.flow, ref.name, fields[0], self.zone()), 1
        if ref.kind != "task":
            return self.reference(ref, around), 0
        producer = self.producers[ref.name]
        label = producer.stmt.label
        undone = bool(producer.loops) and not ref.collect and producer.loops[-1] in self.undone
        if label in self.inside and not undone:
            return f"{pebble.member(self.handed, label)}[0]", 0
        if ref.collect:
            wrapped = isinstance(ref.type, ListType) and isinstance(ref.type.item, OptionalType)
            return self.collected(producer.loops[-ref.collect], label, wrapped), 0
        if undone:
            return self.entry(producer.loops[-1], around, f".outputs.{label}"), 0
        text, used = self.result(producer.stmt, fields, around)
        if isinstance(ref.type, OptionalType) and (text.startswith("{") or outlasts(producer.stmt)):
            stmt = producer.stmt
            done = done_task(stmt) if isinstance(stmt, ir.Task) else label
            text = f"({pebble.ended(done, 'SUCCESS')} ? {text} : null)"
        return text, used

    def collected(self, loop: str, label: str, wrapped: bool) -> str:
        """The results of a task in a loop, in order of the items (the engine's order is that of the ends).

        wrapped: each in a list of one, since the engine forgets an iteration whose outputs are all null.
        """
        if self.version == "1.3":
            keys = self.keys(self.loops[loop])
            program = f".[0] as $o | .[1] | map($o[tostring].outputs.{label}[0])"
            return f"([(outputs.{loop}_item ?? {{}}), {keys}] | jq('{program}') | first)"
        program = f"sort_by(.item.iteration) | map(.outputs.{label}{'[0]' if wrapped else ''})"
        return f"((outputs.{loop}.outputs ?? []) | jq('{program}') | first)"

    def keys(self, loop: ir.For) -> str:
        """What the loop goes over: its items where they are literals that differ, else their numbers."""
        literals = literal_items(loop)
        if literals is not None:
            texts = [str(item) if isinstance(item, int) else str(pebble.string(item)) for item in literals]
            return f"[{', '.join(texts)}]"
        return f"range(0, ({self.items(loop, ())} | length) - 1)"

    def result(self, stmt: ir.Task | ir.Approve, fields: list[str], around: Around) -> tuple[str, int]:
        """The result of a task, and how many of `fields` are in it; by state where a fallback may have given it.

        By state and not by `??`: a failed task keeps the outputs that it printed.
        """
        if isinstance(stmt, ir.Approve):
            text, used, gate = f"{pebble.member('outputs', stmt.label)}.onResume", 0, f"{stmt.label}_gate"
            value, call = stmt.fallback, None
        else:
            text, used, gate = *result_of(stmt.call, stmt.label, fields), done_task(stmt)
            if stmt.path == self.polled:
                return text, used
            value, call = (stmt.fallback.value, stmt.fallback.call) if stmt.fallback else (None, None)
        if call is not None:
            other, _ = result_of(call, f"{stmt.label}_fallback", fields)
        elif value is not None:
            for name in fields[used:]:
                text = pebble.member(text, name)
            used = len(fields)
            other = self.fallback(stmt.label, value, fields, around)
        else:
            return text, used
        return f"({pebble.ended(gate, 'SUCCESS')} ? {text} : {other})", used

    def fallback(self, label: str, value: AnyExpr, fields: list[str], around: Around) -> str:
        """A fallback value, or a field of it: inline where Pebble has it, else what `X_fallback` computed."""
        wanted = value
        for name in fields:
            wanted = dict(wanted.entries)[name] if isinstance(wanted, ir.RecordExpr) else wanted
        text = native(wanted, self, around) if self.is_inline(value, around) else None
        if text is not None:
            return text
        text = f"outputs.{label}_fallback.vars.value"
        for name in fields:
            text = pebble.member(text, name)
        return text

    def reference(self, ref: ir.Ref, around: Around) -> str:
        """The text of a reference that is no task's result."""
        match ref.kind:
            case "input":
                return self._input(ref.name, around)
            case "secret":
                return f"secret({pebble.string(self.project.secret_name('kestra', ref.name))})"
            case "config":
                return self._config(ref.name, around)
            case "item" | "index":
                return self._item(ref, around)
            case "event":
                return whole_event(self.flow, ref.name, self.zone())
            case "run":
                return self._run(ref.name)
            case "failure":
                return self.failure[ref.name]
            case _:
                raise AssertionError(ref)

    def _input(self, name: str, around: Around) -> str:
        if self.handed == ITERATION:
            return f"{ITERATION}.{name}_input[0]"
        declared = next(item for item in self.flow.inputs if item.name == name)
        text = pebble.member("inputs", name)
        if declared.type == types.DURATION:
            # the engine gives seconds with a fraction
            return f"({text} * 1000 | number('LONG'))"
        if declared.default is None or isinstance(declared.default, ir.Literal):
            return text
        default = self.inline(declared.default, around)
        return text if default is None else f"({text} ?? {default})"

    def is_inline(self, value: AnyExpr, around: Around) -> bool:
        """Does the text of a value stand wherever its name does: has Pebble one, and none that is too long?

        Such a text may hold others twice, which hold others twice. What was found too long once is so at each place.
        """
        if id(value) not in self.inlined:
            text = native(value, self, around)
            self.inlined[id(value)] = text is not None and len(text) <= LONGEST_INLINE
        return self.inlined[id(value)]

    def inline(self, value: AnyExpr, around: Around) -> str | None:
        """The text of a value where it stands in place of its name, else None."""
        return native(value, self, around) if self.is_inline(value, around) else None

    def _config(self, name: str, around: Around) -> str:
        declared = next((item for item in self.flow.configs if item.name == name), None)
        default = self.inline(declared.default, around) if declared and declared.default is not None else None
        if default is None:
            return f"kv({pebble.string(name)})"
        return f"(kv({pebble.string(name)}, errorOnMissing=false) ?? {default})"

    def _item(self, ref: ir.Ref, around: Around) -> str:
        """`item.value`, the place of the item (its value where the items are literals that differ)."""
        loop = self.loops[ref.name]
        if ref.name in self.undone:
            return self._undone_item(ref, loop, around)
        # on 1.3 a body is a flow of its own, so the loop around the reader is always the nearest
        value, index = (
            ("taskrun.value", "taskrun.iteration")
            if self.version == "1.3"
            else (f"{_iteration(ref.name, around)}.value", f"{_iteration(ref.name, around)}.index")
        )
        if ref.kind == "index":
            return index
        literals = literal_items(loop)
        if literals is not None:
            return f"({value} | number)" if isinstance(literals[0], int) else value
        return _at(self.items(loop, around), index)

    def _undone_item(self, ref: ir.Ref, loop: ir.For, around: Around) -> str:
        """The same, read by an undo: its own loop goes over the numbers of the iterations."""
        number = self._number(ref.name, around)
        if ref.kind == "index":
            return number
        literals = literal_items(loop)
        if literals is None:
            return _at(self.items(loop, around), number)
        value = self.entry(ref.name, around, ".item.value")
        return f"({value} | number)" if isinstance(literals[0], int) else value

    def _number(self, loop: str, around: Around) -> str:
        return f"({_iteration(loop, around)}.value | number)"

    def iterations(self, loop: str, around: Around) -> str:
        """What is known of the iterations of a loop, to an undo that stands in undo loops itself."""
        before = around[: around.index(loop)] if loop in around else around
        if before and before[-1] in self.undone:
            return self.entry(before[-1], around, f".outputs.{loop}_undo")
        none = "{}" if self.version == "1.3" else "[]"
        if loop in self.inside:
            return f"({self.handed}.{loop}_undo ?? {none})"
        return f"(outputs.{loop}_item ?? {{}})" if self.version == "1.3" else f"(outputs.{loop}.outputs ?? [])"

    def entry(self, loop: str, around: Around, what: str) -> str:
        """A part of one iteration: of the number that the undo loop around the reader is at."""
        program = f".[1] as $i | .[0] | map(select(.item.iteration == $i) | {what}) | first"
        return f"([{self.iterations(loop, around)}, {self._number(loop, around)}] | jq('{program}') | first)"

    def state(self, stmt: ir.Task, around: Around) -> str:
        """The state of a task here or, to an undo, in the iteration that is undone; '' while it has none."""
        if around and around[-1] in self.undone:
            return f"({self.entry(around[-1], around, f'.outputs.{stmt.label}_undo')} ?? '')"
        if stmt.label in self.inside:
            return f"({self.handed}.{stmt.label}_undo ?? '')"
        return pebble.state_of(done_task(stmt))

    def items(self, loop: ir.For, around: Around) -> str:
        """The list that a loop goes over: inline where Pebble has it, else what `X_calc` computed."""
        text = self.inline(loop.items, around)
        if text is None and loop.label in self.inside:
            return f"{self.handed}.{loop.label}_items[0]"
        return text if text is not None else f"outputs.{loop.label}_calc.vars.items"

    def zone(self) -> str:
        """The time zone of the flow's dates: that of its first schedule."""
        for trigger in self.flow.triggers:
            if trigger.kind == "schedule":
                return str(dict(trigger.args).get("timezone") or "UTC")
        return "UTC"

    def _run(self, name: str) -> str:
        match name:
            case "id":
                # survives a restart; the id of an iteration is that of the whole execution (2.0.0)
                return "execution.originalId"
            case "date":
                zone = pebble.string(self.zone())
                return f"((trigger.date ?? execution.startDate) | date('yyyy-MM-dd', timeZone={zone}))"
            case "attempt":
                return "(taskrun.attemptsCount + 1)"
            case "url":
                return "(kestra.url ~ 'ui/executions/' ~ flow.namespace ~ '/' ~ flow.id ~ '/' ~ execution.id)"
            case _:
                raise AssertionError(name)


def _at(items: str, index: str) -> str:
    """items[index]; Pebble takes no index right behind a list that is written out."""
    return f"({items})[{index}]" if items.startswith("[") else f"{items}[{index}]"


def _iteration(loop: str, around: Around) -> str:
    """2.0: what the engine tells of the iteration of a loop; `item.parent` knows no parent of its own (2.0.0)."""
    up = len(around) - 1 - around.index(loop)
    return "item" if up == 0 else "item.parent" if up == 1 else f"item.parents[{around.index(loop)}]"


def hoisted_name(ref: ir.Ref, fields: list[str]) -> str | None:
    """The name of what an iteration in an iteration can't see (2.0.0): inputs, the event, the execution; else None."""
    if ref.kind == "event":
        return "_".join(("event", ref.name, *fields[:1]))
    return f"{ref.kind}_{ref.name}" if ref.kind in ("input", "run") and ref.name != "attempt" else None


def outlasts(stmt: ir.Task | ir.Approve) -> bool:
    """Does the engine keep outputs of it although it has failed? Of the last call of a condition, and of a sub-flow."""
    if isinstance(stmt, ir.Approve) or stmt.fallback is not None:
        return False
    return stmt.until is not None or stmt.holds is not None or isinstance(stmt.call.op, ir.RunFlow)


def done_task(stmt: ir.Task) -> str:
    """The engine task whose SUCCESS is that of the task."""
    return f"{stmt.label}_until" if stmt.until else f"{stmt.label}_gate" if stmt.holds else stmt.label


def result_of(call: Call, task: str, fields: list[str]) -> tuple[str, int]:
    """The result of a call that ran as `task`, and how many of `fields` are part of the text already."""
    outputs = pebble.member("outputs", task)
    kind = types.required(call.type)
    match call.op:
        case ir.RunFlow():
            return f"{outputs}.outputs", 0
        case ir.Shell() if isinstance(kind, RecordType):
            places = {name: _shell_output(outputs, name, of) for name, of in kind.fields}
            if fields and fields[0] in places:
                return places[fields[0]], 1
            return "{" + ", ".join(f"{pebble.string(name)}: {text}" for name, text in places.items()) + "}", 0
        case _ if kind == types.FILE:
            return f"{outputs}.outputFiles['.out/value']", 0
        case _ if isinstance(kind, RecordType):
            if fields and kind.field(fields[0]) == types.FILE:
                return f"{outputs}.outputFiles['.out/{fields[0]}']", 1
            return f"{outputs}.vars", 0
        case _:
            return f"{outputs}.vars.value", 0


def _shell_output(outputs: str, name: str, kind: Type) -> str:
    """A text crosses as a file, byte for byte; a number, bool or enum member as a variable; the rest as a JSON file."""
    file = f"{outputs}.outputFiles['.out/{name}']"
    match types.required(kind):
        case types.FILE:
            text = file
        case types.STRING | types.SECRET | types.DATETIME:
            text = f"read({file})"
        case EnumType() | types.INT | types.FLOAT | types.BOOL | types.DATE | types.DURATION:
            text = pebble.member(f"{outputs}.vars", name)
        case _:
            text = f"fromJson(read({file}))"
    return f"({text} ?? null)" if isinstance(kind, OptionalType) else text


def _may_be_missing(part: AnyExpr) -> bool:
    """May reading this part fail for want of a key, where the language says null?"""
    if isinstance(part.type, OptionalType):
        return True
    if isinstance(part, ir.Field):
        return part.of.type == types.JSON or isinstance(part.of.type, MapType)
    return False
