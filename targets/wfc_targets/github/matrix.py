"""Loops as a matrix of jobs: the list of legs, and the results that legs hand on as artifacts.

A leg's item is `{i, v}`: the number keeps equal items apart, and `v` is a text (of lists and records: JSON), because
GitHub cuts numbers at 15 digits. Outputs of legs overwrite each other, so each leg leaves one file instead.
"""

from __future__ import annotations

from wfc import ir
from wfc.python_text import python_literal
from wfc.types import SECRET, STRING, ListType, RecordType, required
from wfc.walk import statements
from wfc_targets.github import bash, model
from wfc_targets.github.calls import condition, raw
from wfc_targets.github.computed import WRITE, Program
from wfc_targets.github.draft import STEP_SECONDS, add
from wfc_targets.github.files import TRANSFER, into
from wfc_targets.github.values import across, element, raw_item
from wfc_targets.github.wires import insert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, For, Ref
    from wfc.types import Type
    from wfc_targets.github.draft import Draft, JobDraft, Scope

REVERSED = '    print("reversed=" + json.dumps(legs[::-1], separators=(",", ":")), file=outputs)'
MOST_LEGS = 256
"""Legs of one matrix (docs.github.com, "Usage limits")."""
KEEP_DAYS = 1


def static(loop: For) -> tuple[tuple[int, str], ...] | None:
    """The legs of a loop over constants, or None."""
    if not isinstance(loop.items, ir.ListExpr):
        return None
    items = [item for item in loop.items.items if isinstance(item, ir.Literal)]
    if len(items) != len(loop.items.items):
        return None
    return tuple((number, _item(item)) for number, item in enumerate(items))


def _item(item: ir.Literal) -> str:
    if isinstance(item.value, str) and raw_item(item.type):
        return item.value
    import json

    return json.dumps(item.value, ensure_ascii=False)


def item_type(loop: For) -> Type:
    """The type of the loop's items."""
    kind = required(loop.items.type)
    assert isinstance(kind, ListType), kind
    return kind.item


def named_secrets(draft: Draft, loop: For, items: AnyExpr) -> AnyExpr:
    """The list with the name of each secret in place of its value: GitHub takes a job output that holds one away.

    https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/pass-job-outputs: such outputs
    are redacted on the runner. Reports WF951 where the name of a secret is not known before the run.
    """
    kind = item_type(loop)
    fields = [name for name, of in kind.fields if of == SECRET] if isinstance(kind, RecordType) else [""]
    if kind != SECRET and fields in ([], [""]):
        return items
    found: list[AnyExpr] = []
    names: dict[str, list[str]] = {field: [] for field in fields}
    for item in items.items if isinstance(items, ir.ListExpr) else ():
        if isinstance(item, ir.RecordExpr):
            entries = tuple((name, _named(draft, value, names.get(name))) for name, value in item.entries)
            found.append(ir.RecordExpr(item.type, item.span, entries))
        else:
            found.append(_named(draft, item, names.get("")))
    if not found or any(len(known) != len(found) for known in names.values()):
        draft.unsupported(
            loop.span,
            f"the items of `{loop.variable}` hold secrets that only the run knows",
            "An item is handed to its job by an output, and GitHub hands on none that holds a secret.",
            "write the list out, with each secret by its name",
        )
    draft.secret_items[loop.label] = {field: tuple(known) for field, known in names.items()}
    return ir.ListExpr(items.type, items.span, tuple(found))


def _named(draft: Draft, value: AnyExpr, names: list[str] | None) -> AnyExpr:
    if names is None or not (isinstance(value, ir.Ref) and value.kind == "secret"):
        return value
    names.append(draft.project.secret_name("github", value.name))
    return ir.Literal(STRING, value.span, names[-1])


def listed(draft: Draft, loop: For, items: AnyExpr, scope: Scope) -> str:
    """A step that computes the legs of a list; its outputs are `items` and `count`."""
    step = draft.name(f"{loop.label}_items")
    program = Program(draft, scope)
    code = program.code(named_secrets(draft, loop, items))
    value = "v if isinstance(v, str) else json.dumps(v)" if raw_item(item_type(loop)) else "json.dumps(v)"
    text = program.head(modules=("sys",)) + bash.lines(
        f"items = {code}",
        f"if len(items) > {MOST_LEGS}:",
        f'    sys.exit(f"{{len(items)}} items, a matrix takes {MOST_LEGS}")',
        f'legs = [{{"i": i, "v": {value}}} for i, v in enumerate(items)]',
        WRITE + '    print("items=" + json.dumps(legs, separators=(",", ":")), file=outputs)',
        '    print(f"count={len(items)}", file=outputs)',
        *([REVERSED] if undone(loop) else []),
    )
    env, found = tuple(program.env.items()), condition(draft, scope)
    name = f"items of {loop.label}"
    made = model.Step(
        name=name, id=step, condition=found, swallow=scope.swallow, env=env, shell="python", run=raw(text)
    )
    add(scope.job, made, STEP_SECONDS)
    draft.entry(f"{scope.job.id}/{step}", loop.path, "loop", scope, loop.span)
    draft.counts[loop.label] = (scope.job, f"steps.{step}.outputs.count")
    return step


def undone(loop: For) -> bool:
    """Has a task of the loop's body an undo, which goes through the items backwards?"""
    return any(isinstance(stmt, ir.Task) and stmt.undo is not None for stmt in statements(loop.body))


def keep_results(draft: Draft, loop: For, scope: Scope) -> None:
    """The last steps of a leg: one file with the results that somebody reads, handed on as an artifact."""
    draft.legs[loop.label] = scope
    paths = draft.collected.get(loop.label, [])
    if not paths:
        return
    env = {"I": insert(f"matrix.{loop.variable}.i")}
    parts = ["i: ($ENV.I | tonumber)"]
    for number, path in enumerate(paths, 1):
        result = _leg_result(draft, path, loop, scope)
        env[f"RESULT_{number}"] = "null" if result == "'null'" else insert(result)
        parts.append(f'"{path}": ($ENV.RESULT_{number} | fromjson)')
    for undo in scope.region.undos:
        if undo.job is scope.job:
            env[f"DONE_{undo.label.upper()}"] = insert(undo.test)
            parts.append(f'"done {undo.label}": ($ENV.DONE_{undo.label.upper()} | fromjson)')
    step = draft.name(f"{loop.label}_results")
    file = f"$RUNNER_TEMP/{loop.label}-$I.json"
    run = f"jq -nc '{{{', '.join(parts)}}}' > \"{file}\"\n"
    name = f"results of {loop.label} for this item"
    add(
        scope.job,
        model.Step(name=name, id=step, condition="!cancelled()", env=tuple(env.items()), run=run),
        STEP_SECONDS,
    )
    draft.entry(f"{scope.job.id}/{step}", loop.path, "glue", scope, loop.span)
    here = f"matrix.{loop.variable}.i"
    inputs = (
        ("name", f"{loop.label}-{insert(here)}"),
        ("path", f"{insert('runner.temp')}/{loop.label}-{insert(here)}.json"),
        ("retention-days", KEEP_DAYS),
    )
    kept = model.Step(name=f"keep them ({loop.label})", condition="!cancelled()", uses=model.UPLOAD, inputs=inputs)
    add(scope.job, kept, TRANSFER)


def _leg_result(draft: Draft, path: str, loop: For, scope: Scope) -> str:
    """The JSON of what a task gave in this leg: a list where further loops stand around it."""
    from wfc_targets.github.rewrite import listed as lists
    from wfc_targets.github.values import find

    loops = draft.loops_of[path]
    inner = loops[loops.index(loop) + 1 :]
    numbers = tuple(binding.index for binding in scope.loops if not binding.matrix)
    if not inner:
        site = draft.sites.get((path, numbers))
        return "'null'" if site is None else element(site, scope.job)
    task = next((site.task for (known, _), site in draft.sites.items() if known == path), None)
    if task is None:  # its own loop was refused, which a diagnostic says
        return "'null'"
    ref = ir.Ref(lists(task.type, len(inner)), task.span, "task", path, len(inner))
    found = find(draft, ref, (), scope)
    assert found is not None
    return found[0].text


def merged(draft: Draft, ref: Ref, loop: For, scope: Scope) -> str:
    """The JSON list of a task's results over all legs, in the order of the items, in the reader's job."""
    step = f"{loop.label}_list"
    if not any(known.id == step for known in scope.job.steps):
        _merge(draft, loop, scope, step)
    return f"steps.{step}.outputs.{output(draft, loop, ref.name)}"


def output(draft: Draft, loop: For, path: str) -> str:
    """The output that holds the results of a task."""
    return f"list_{draft.collected[loop.label].index(path) + 1}"


def _merge(draft: Draft, loop: For, scope: Scope, step: str) -> None:
    """The first steps of a job that reads results of legs: fetch the files, put them in order."""
    job, count = draft.counts.get(loop.label, (None, ""))
    legs = static(loop)
    number = str(len(legs)) if legs is not None else ""
    if job is not None:
        number = insert(f"{across(job, count, f'{loop.label}_count', scope.job)} || '0'")
    scope.job.need(draft.legs[loop.label].job.id)
    folder = f"{insert('runner.temp')}/{loop.label}"
    inputs = (("pattern", f"{loop.label}-*"), ("merge-multiple", True), ("path", folder))
    fetch = model.Step(name=f"fetch the results of {loop.label}", uses=model.DOWNLOAD, inputs=inputs)
    lines = [
        "import glob",
        "import json",
        "import os",
        "",
        "found = {}",
        f'for path in glob.glob(os.environ["RUNNER_TEMP"] + "/{loop.label}/*.json"):',
        '    with open(path, encoding="utf-8") as file:',
        "        leg = json.load(file)",
        '    found[leg["i"]] = leg',
        'legs = [found.get(i, {}) for i in range(int(os.environ["COUNT"]))]',
        WRITE.rstrip("\n"),
    ]
    for path in draft.collected[loop.label]:
        name = output(draft, loop, path)
        lines.append(
            f'    print("{name}=" + json.dumps([leg.get({python_literal(path)}) for leg in legs]), file=outputs)'
        )
    name = f"results of {loop.label}, in the order of the items"
    order = model.Step(name=name, id=step, env=(("COUNT", number),), shell="python", run=bash.lines(*lines))
    into(scope.job, [fetch, order])
    scope.job.spend(TRANSFER + STEP_SECONDS)
    draft.entry(f"{scope.job.id}/{step}", loop.path, "glue", scope, loop.span)


def job_of(draft: Draft, loop: For) -> JobDraft:
    """The job of the legs."""
    return draft.legs[loop.label].job
