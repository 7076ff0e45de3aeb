"""Kernel operations → what one attempt of a step runs: shell, python, sleep and sql (http and llm: `http`, `llm`)."""

from __future__ import annotations

from wfc import ir
from wfc.embedded.sql_parts import PARTS
from wfc.python_text import python_name
from wfc.record import Record
from wfc.types import INT, NOTHING, STRING, OptionalType, Primitive, RecordType, required
from wfc_targets.common.python_body import indented_body
from wfc_targets.github import bash, shapes
from wfc_targets.github.arguments import Arguments
from wfc_targets.github.computed import OWN_NAMES, Program
from wfc_targets.github.expressions import wire_of
from wfc_targets.github.rewrite import typed
from wfc_targets.github.values import output_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

    from wfc.ir import AnyExpr, Call
    from wfc.types import Type
    from wfc_targets.github.draft import Draft, Scope

OUTPUT = '"$GITHUB_OUTPUT"'


class Work(Record):
    """What a step runs. language: bash | python. checks: commands that hold after a success.

    computed: values for a step in front. repeats: the script makes its own attempts. command: before the file, when
    the script is kept in one.
    """

    script: str
    language: str = "bash"
    env: tuple[tuple[str, str], ...] = ()
    computed: tuple[tuple[str, AnyExpr], ...] = ()
    checks: tuple[str, ...] = ()
    repeats: bool = False
    command: str = "bash -euo pipefail"


class Place(Record):
    """Where a call stands: ids of its step and of the computation in front; name and path of its task; what is read.

    timed: does somebody ask whether the last attempt ran out of time?
    """

    draft: Draft
    scope: Scope
    step: str
    calc: str
    title: str
    path: str
    paths: tuple[tuple[str, ...], ...] = ()
    timed: bool = False


def shell(op: ir.Shell, call: Call, place: Place) -> Work:
    """A script as it stands, then one test per typed output: the producer fails, not the reader."""
    arguments = Arguments(place.draft, place.scope, place.calc)
    missing = []
    for name, value in op.env:
        if isinstance(value.type, OptionalType) and shapes.textual(value.type):
            # as JSON: an empty text is not a missing one
            arguments.give(name, ir.Apply(STRING, value.span, "json", (value,)))
            missing.append(f'if [ "${{{name}:-null}}" = null ]; then unset {name}; else')
            missing.append(f"  {name}=$(jq -nj '$ENV.{name} | fromjson' && echo .) && {name}=${{{name}%.}}\nfi")
        else:
            arguments.give(name, value)
            missing += [f'[ "${{{name}:-null}}" != null ] || unset {name}'] * isinstance(value.type, OptionalType)
    if call.idempotent is not None:
        arguments.give("WFC_IDEMPOTENCY_KEY", key(call, place))
    script = bash.lines(*missing) + (op.script if op.script.endswith("\n") else op.script + "\n")
    if call.type != NOTHING or "WFC_OUTPUT" in script:
        # the program that writes the result may be one that the script only calls
        script = "export WFC_OUTPUT=$GITHUB_OUTPUT\n" + script
    checks = () if call.type == NOTHING else tuple(_checks(call.type))
    return Work(script, "bash", tuple(arguments.env.items()), tuple(arguments.computed), checks)


def key(call: Call, place: Place) -> AnyExpr:
    """The idempotency key: the author's, else `{run.id}-{task}`, with the number of the item in a loop."""
    assert call.idempotent is not None
    if call.idempotent.key is not None:
        return call.idempotent.key

    span = call.span
    parts: list[AnyExpr] = [ir.Ref(STRING, span, "run", "id"), ir.Literal(STRING, span, f"-{place.title}")]
    for binding in place.scope.loops:
        parts += [ir.Literal(STRING, span, "-"), ir.Ref(INT, span, "index", binding.loop.label)]
    return ir.Text(STRING, span, tuple(parts))


def _checks(kind: Type) -> list[str]:
    fields = kind.fields if isinstance(kind, RecordType) else (("value", kind),)
    found = []
    for name, field in fields:
        pattern = shapes.pattern(required(field))
        if isinstance(field, OptionalType):
            test = "" if pattern is None else f"grep -qE {bash.quote(f'^{name}={pattern}$')} {OUTPUT}"
            found += [f"{{ ! grep -q {bash.quote(f'^{name}=')} {OUTPUT} || {test}; }}"] if test else []
        elif pattern is not None:
            found.append(f"grep -qE {bash.quote(f'^{name}={pattern}$')} {OUTPUT}")
        elif required(field) == Primitive("file"):
            found.append(f'test -f "$(sed -n {bash.quote(f"s/^{name}=//p")} {OUTPUT})"')
        elif shapes.scalar(field):
            found.append(f"grep -qE {bash.quote(f'^{name}(=|<<)')} {OUTPUT}")
        else:
            found.append(
                f"sed -n {bash.quote(f's/^{name}=//p')} {OUTPUT} | jq -e {bash.quote(shapes.jq(field))} > /dev/null"
            )
    return found


def sleep(op: ir.Sleep, place: Place) -> Work:
    """Waits: a literal as it is, anything else from its milliseconds."""
    if isinstance(op.duration, ir.Literal):
        return Work(f"sleep {bash.duration(int(op.duration.value or 0))}\n")
    arguments = Arguments(place.draft, place.scope, place.calc)
    arguments.give("PAUSE", op.duration)
    script = 'sleep "$((PAUSE / 1000)).$(printf %03d "$((PAUSE % 1000))")"\n'
    return Work(script, "bash", tuple(arguments.env.items()), tuple(arguments.computed))


def python(op: ir.Python, call: Call, place: Place) -> Work:
    """The body as a function; its arguments from the environment; its result, checked, as lines of JSON."""
    program = Program(place.draft, place.scope)
    arguments, computed = _python_arguments(op, place, program)
    function = f"{place.title}_" if place.title in OWN_NAMES else python_name(place.title)
    names = ", ".join(name for name, _ in op.args)
    fits = shapes.python(call.type, "value")
    check = "" if call.type == NOTHING or fits == "True" else _misfit(place.title, call.type, fits)
    modules = ("sys", *(name for name in ("datetime", "re") if f"{name}." in check)) if check else ()
    head, _, loads = program.head("", modules).partition("\n\n")
    while f"\n{function} = " in f"\n{loads}":  # an undo reads the result of its own task under the task's name
        function += "_body"
    definition = f"def {function}({names}):\n{indented_body(op.body)}"
    result = f"{function}({', '.join(arguments)})\n"
    if check or place.paths:
        result = f"value = {result}{check}{_written(place.paths, call.type)}"
    loads = f"{loads.strip()}\n" if loads.strip() else ""
    script = f"{head.strip()}\n\n\n{definition}\n\n{loads}{result}"
    work = Work(script, "python", tuple(program.env.items()), computed, (), False, "python3")
    return _with_packages(op, work, place) if op.packages else work


def _python_arguments(
    op: ir.Python, place: Place, program: Program
) -> tuple[list[str], tuple[tuple[str, AnyExpr], ...]]:
    """The arguments of the function: a constant or a path is read here, all else is computed in front."""
    given: list[str] = []
    computed: list[tuple[str, AnyExpr]] = []
    for name, value in op.args:
        if isinstance(value, ir.Literal) or _plain(place, value):
            given.append(f"{name}={program.code(value)}")
            continue
        computed.append((name.lower(), value))
        program.env[name.upper()] = "${{ " + f"steps.{place.calc}.outputs.{name.lower()}" + " }}"
        given.append(f'{name}=json.loads(os.environ["{name.upper()}"])')
    return given, tuple(computed)


def _plain(place: Place, value: AnyExpr) -> bool:
    from wfc_targets.github.rewrite import bound

    value = bound(value, place.scope.loops)
    wire = wire_of(place.draft, value, place.scope)
    return isinstance(value, ir.Literal) or (wire is not None)


def _misfit(title: str, kind: Type, fits: str) -> str:
    return f"if not {fits}:\n    sys.exit({f'{title}: the result does not fit {kind}'!r})\n"


def _written(paths: tuple[tuple[str, ...], ...], kind: Type) -> str:
    if not paths:
        return ""
    lines = ['with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as outputs:']
    for path in paths:
        value = reached("value", path)
        value = f"int({value})" if typed(kind, path) == INT else value
        lines.append(f'    print("{output_name(path)}=" + json.dumps({value}), file=outputs)')
    return "".join(line + "\n" for line in lines)


def reached(value: str, path: tuple[str, ...]) -> str:
    """Python that follows a path of fields, of which all but the last may be missing."""
    for number, name in enumerate(path):
        value = f"{value}.get({name!r})" if number == len(path) - 1 else f"({value}.get({name!r}) or {{}})"
    return value.replace("'", '"')


def _with_packages(op: ir.Python, work: Work, place: Place) -> Work:
    """The same in an environment of its own: the Python of the runner image is managed by its system."""
    folder = f'"$RUNNER_TEMP/{place.step}"'
    script = bash.lines(
        f"python3 -m venv {folder}",
        f"{folder}/bin/pip install -q {' '.join(bash.quote(package) for package in op.packages)}",
        bash.heredoc(f"{folder}/bin/python -", work.script, "PY"),
    )
    return Work(script, "bash", work.env, work.computed)


def sql(op: ir.Sql, call: Call, place: Place) -> Work:
    """psql with variables that it quotes itself; rows as one line of JSON."""
    arguments = Arguments(place.draft, place.scope, place.calc)
    url = arguments.variable("url", op.url)
    given = []
    casts: dict[str, str] = {}
    for name, value in op.params:
        variable = arguments.variable(name, value)
        given.append(f"\\getenv {name} {variable}")
        casts[name] = CASTS.get(str(required(value.type)), "")
    text = parameters(op.sql.strip().rstrip(";"), casts)
    env, computed = tuple(arguments.env.items()), tuple(arguments.computed)
    connect = f'-v ON_ERROR_STOP=1 -d "${url}"'
    if op.mode == "execute":
        script = bash.lines(*given, text, ";", "\\echo rows=:ROW_COUNT" if place.paths else "")
        target = f" >> {OUTPUT}" if place.paths else " > /dev/null"
        # psql makes one transaction (-1) of what it reads by -f only
        return Work(bash.heredoc(f"psql -Xq1 {connect} -f -{target}", script, "SQL"), "bash", env, computed)
    rows = f'"$RUNNER_TEMP/{place.step}.rows"'
    script = bash.lines(*given, "with q as (", text, ") select coalesce(json_agg(q), '[]') from q;")
    fits = f'if {shapes.jq(call.type)} then . else error("the rows do not fit") end'
    text = bash.heredoc(f"psql -XqAt {connect} > {rows}", script, "SQL")
    text += f"value=$(jq -cM {bash.quote(fits)} {rows})\n"
    if place.paths:
        text += f"printf '%s\\n' \"value=$value\" >> {OUTPUT}\n"
    return Work(text, "bash", env, computed)


CASTS = {"int": "::bigint", "float": "::float8", "bool": "::boolean", "date": "::date", "datetime": "::timestamptz"}


def parameters(text: str, casts: dict[str, str]) -> str:
    """SQL with `:name` written as psql's quoted variable; strings, comments and casts stay.

    A colon of a slice (`d[1:n]`) gets a backslash, or psql would put a variable in (documentation of psql, "SQL
    Interpolation").
    """

    def change(match: Match[str]) -> str:
        name = match["name"]
        if match[0] == ":" and text[match.end() : match.end() + 1].isidentifier():
            return "\\:"
        return f":'{name}'{casts[name]}" if name in casts else match[0]

    return PARTS.sub(change, text)
