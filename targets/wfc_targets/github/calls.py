"""A call with its policies → steps of a job: a computation in front where one is needed, then the call itself."""

from __future__ import annotations

import re

from wfc import ir
from wfc.record import Record
from wfc_targets.github import bash, http, llm, model, operations
from wfc_targets.github.bash import Attempt
from wfc_targets.github.computed import Program, program
from wfc_targets.github.draft import STEP_SECONDS, add, conjunction
from wfc_targets.github.operations import Place, Work
from wfc_targets.github.rewrite import path_of, rewritten
from wfc_targets.github.values import across, output_name
from wfc_targets.github.wires import insert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Call
    from wfc_targets.github.draft import Draft, Scope

MINUTE = 60_000
LONGEST_SCRIPT = 21_000
"""Characters of one `run` (docs.github.com, "Limits"; found by running into it)."""
EARLY_END = re.compile(r"\b(exit|exec|return|trap)\b")


class Steps(Record):
    """The steps of a call: ids, the tests that are true when it failed, and the ones that are read by `if`."""

    step: str
    calc: str = ""

    def failing(self) -> tuple[str, ...]:
        """Tests of which one is true when the call failed."""
        return tuple(f"steps.{step}.outcome == 'failure'" for step in (self.calc, self.step) if step)


def condition(draft: Draft, scope: Scope, *more: str) -> str:
    """The `if` of a step at a place."""
    stops = [f"steps.{step}.outcome != 'success'" for job, step in draft.stops if job is scope.job]
    handlers = scope.section in ("on_failure", "finally", "undo")
    chain = scope.chain if scope.explicit else ()
    return conjunction((scope.status, *(() if handlers else stops), *scope.guards, *chain, *more))


def put(
    draft: Draft, scope: Scope, call: Call, place: Place, name: str, poll: ir.Until | ir.Holds | None = None
) -> Steps:
    """Append the steps of a call. name: of the step, for people. poll: the clause by which it is called again."""
    work = work_of(call, place)
    calc = ""
    if work.computed:
        calc = draft.name(place.calc)
        assert calc == place.calc, calc
        compute(draft, scope, calc, f"{name}: values", list(work.computed))
    more = (f"steps.{calc}.outcome == 'success'",) if calc and (scope.explicit or scope.swallow) else ()
    run, shell, minutes, env = _run(draft, call, work, place, poll)
    if len(run) > LONGEST_SCRIPT:
        draft.unsupported(
            call.span,
            f"the script of `{place.title}` has {len(run)} characters",
            f"GitHub takes {LONGEST_SCRIPT} characters in one `run`.",
            "keep the script in a file of the repository and call it",
        )
    step = model.Step(
        name=name,
        id=place.step,
        condition=condition(draft, scope, *more),
        swallow=scope.swallow,
        timeout_minutes=minutes,
        env=env,
        shell=shell,
        run=raw(run),
    )
    add(scope.job, step, worst_case(call, poll))
    return Steps(place.step, calc)


def raw(script: str) -> str:
    """The text of a `run` in which GitHub finds no expression."""
    return script.replace("${{", "${{ '${{' }}")


def compute(draft: Draft, scope: Scope, step: str, name: str, values: list[tuple[str, AnyExpr]]) -> None:
    """Append a step that computes values in Python; of none it does nothing, but can be asked how it ended."""
    found = condition(draft, scope)
    if not values:
        add(
            scope.job,
            model.Step(name=name, id=step, condition=found, swallow=scope.swallow, run="true\n"),
            STEP_SECONDS,
        )
        return
    text, env = program(draft, scope, values)
    made = model.Step(
        name=name, id=step, condition=found, swallow=scope.swallow, env=env, shell="python", run=raw(text)
    )
    add(scope.job, made, STEP_SECONDS)


def work_of(call: Call, place: Place) -> Work:
    """What one attempt of the call runs."""
    image = getattr(call.op, "image", None)
    if image is not None:
        place.draft.unsupported(
            call.span,
            f"`{place.title}` runs in the image `{image}`",
            "An image is that of a whole job on GitHub Actions, and the tasks of this flow share jobs.",
            "leave the image out and call `docker run` in the script, or install what is needed",
        )
    match call.op:
        case ir.Shell():
            return operations.shell(call.op, call, place)
        case ir.Python():
            return operations.python(call.op, call, place)
        case ir.Sleep():
            return operations.sleep(call.op, place)
        case ir.Sql():
            return operations.sql(call.op, call, place)
        case ir.Http():
            return http.request(call.op, call, place)
        case ir.Llm():
            return llm.ask(call.op, call, place)
        case ir.RunFlow():
            raise AssertionError("a call of a flow is a job")


def _run(
    draft: Draft, call: Call, work: Work, place: Place, poll: ir.Until | ir.Holds | None
) -> tuple[str, str, int | None, tuple[tuple[str, str], ...]]:
    """The text of `run`, the shell ("" for the default), `timeout-minutes`, and the environment."""
    env = dict(work.env)
    budget = draft.deadline is not None and place.scope.section == "body"
    if budget and draft.deadline is not None:
        env["WFC_END"] = insert(across(draft.deadline, "steps.budget.outputs.end", "budget_end", place.scope.job))
    pauses = () if work.repeats or call.retry is None else call.retry.pauses()
    limit = None if work.repeats else call.timeout
    suffix = "py" if work.language == "python" else "sh"
    attempt = Attempt(
        place.step, f"{place.step}.{suffix}", work.script, work.command, work.checks, limit, budget, place.timed
    )
    if poll is not None:
        text = _polling(poll, attempt, pauses, call, place, env)
        return text, "", None, tuple(env.items())
    if pauses:
        return bash.kept(attempt) + bash.repeated(attempt, pauses), "", None, tuple(env.items())
    odd = limit is not None and (limit % MINUTE != 0 or place.timed)
    if budget or odd or (work.checks and EARLY_END.search(work.script)):
        return bash.single(attempt), "", None, tuple(env.items())
    minutes = None if limit is None else limit // MINUTE
    shell = "python" if work.language == "python" else ""
    return bash.lines(work.script, *work.checks), shell, minutes, tuple(env.items())


def _polling(
    poll: ir.Until | ir.Holds, attempt: Attempt, pauses: tuple[int, ...], call: Call, place: Place, env: dict[str, str]
) -> str:
    """The loop around the attempts; the condition is a small program of its own that reads what the call wrote."""
    test_file = f"{place.step}_until.py"
    source, variables = _test(poll.condition, call, place)
    env |= variables
    written = bash.heredoc(f'cat > "$RUNNER_TEMP/{test_file}"', source, "PY")
    test = f'python3 "$RUNNER_TEMP/{test_file}"'
    if isinstance(poll, ir.Until):
        return written + bash.polled(attempt, pauses, test, poll.every, poll.within)
    return written + bash.watched(attempt, pauses, test, poll.every, poll.duration)


def _test(expr: AnyExpr, call: Call, place: Place) -> tuple[str, dict[str, str]]:
    """A program that prints whether the condition is true, given the outputs of the call so far."""
    text = isinstance(call.op, ir.Shell)
    reads = Program(place.draft, place.scope)

    def change(part: AnyExpr) -> AnyExpr | None:
        path = path_of(part)
        if path is None or path[0].kind != "task" or path[0].name != place.path:
            return None
        names = path[1][:1] if text else path[1]
        if path[1] != names:
            return None
        from wfc_targets.github import shapes

        name = output_name(names)
        raw_text = text and shapes.textual(part.type)
        reads.loads[f"own_{name}"] = f'own["{name}"]' if raw_text else f'json.loads(own["{name}"])'
        return ir.Ref(part.type, part.span, "wire", f"own_{name}")

    code = reads.code(rewritten(expr, change))
    known = 'with open(os.environ["GITHUB_OUTPUT"], encoding="utf-8") as outputs:\n'
    known += '    own = dict(line.rstrip("\\n").split("=", 1) for line in outputs if "=" in line)\n'
    return f"{reads.head(known)}print(json.dumps({code}))\n", reads.env


def worst_case(call: Call, poll: ir.Until | ir.Holds | None = None) -> int | None:
    """The longest a call can take, in ms; None when nothing bounds it."""
    if isinstance(call.op, ir.Sleep) and isinstance(call.op.duration, ir.Literal):
        return int(call.op.duration.value or 0) + STEP_SECONDS
    if call.timeout is None:
        return None
    pauses = call.retry.pauses() if call.retry else ()
    after = http.LONGEST_AFTER * 1000 if isinstance(call.op, ir.Http | ir.Llm) else 0
    attempts = (len(pauses) + 1) * call.timeout + sum(max(pause, after) for pause in pauses)
    if isinstance(poll, ir.Until):
        return None if poll.within is None else poll.within + attempts
    return attempts + (poll.duration if poll is not None else 0)
