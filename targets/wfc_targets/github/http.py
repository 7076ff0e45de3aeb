"""http.* and llm.* → curl in a loop of attempts, its answer read by jq.

2xx succeeds; 408, 425, 429, 5xx and connection errors are worth a retry, all else is final; `Retry-After` in seconds
wins over the pause, up to 300 s. `curl --retry` would not do: it leaves out 425, resets and empty replies.
"""

from __future__ import annotations

from wfc import ir
from wfc.types import JSON as JSON_TYPE
from wfc.types import SECRET, STRING, Primitive, RecordType, required
from wfc_targets.github import bash, shapes
from wfc_targets.github.arguments import Arguments
from wfc_targets.github.computed import Program, nullable
from wfc_targets.github.operations import Place, Work, key
from wfc_targets.github.values import output_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Call
    from wfc.types import Type

LONGEST_AFTER = 300
"""Seconds: a longer `Retry-After` is cut."""
CONNECT = 30
"""Seconds for a connection; curl's own limit is 5 minutes."""


class Request:
    """The words of a curl command line and what stands in front of it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.arguments = Arguments(place.draft, place.scope, place.calc)
        self.words: list[str] = []
        self.before: list[str] = []

    def value(self, wanted: str, expr: AnyExpr) -> str:
        """A value as part of a double-quoted word: `$NAME`."""
        return "$" + self.arguments.variable(wanted, expr)

    def hidden(self, word: str) -> None:
        """A header that holds a secret, through a pipe: every process of the machine may read curl's arguments."""
        self.words.append(f"-H @<(printf '%s\\n' {word})")

    def header(self, name: str, expr: AnyExpr) -> None:
        """A header. curl takes `Name: ` as "leave it out" and sends anything: so a value is printable ASCII."""
        if isinstance(expr, ir.Literal):
            self.words.append(f"-H {bash.quote(f'{name}: {expr.value}')}")
            return
        value = self.value(name, expr)
        if required(expr.type) == SECRET:
            self.hidden(f'"{name}: {value}"')
        else:
            self.words.append(f'-H "{name}: {value}"')
        if tame(expr.type):
            return
        self.before.append(
            bash.lines(
                f"if ! LC_ALL=C grep -zqxE '[ -~]+' < <(printf %s \"{value}\"); then",
                f'  echo "::error title={self.place.step}::the header {name} is empty or not printable ASCII"',
                "  exit 1",
                "fi",
            )
        )


def tame(kind: Type) -> bool:
    """Can the text of such a value hold nothing but printable ASCII, at least one character?"""
    return isinstance(kind, Primitive) and kind.name in ("int", "float", "bool", "date", "datetime")


def request(op: ir.Http, call: Call, place: Place) -> Work:
    """One http call with all its attempts."""
    curl = Request(place)
    if op.method not in ("GET", "HEAD"):
        curl.words.append(f"-X {op.method}")
    if op.bearer is not None:
        curl.hidden(f'"Authorization: Bearer {curl.value("token", op.bearer)}"')
    if op.basic is not None:
        pair = f'"{curl.value("user", op.basic[0])}:{curl.value("password", op.basic[1])}"'
        curl.hidden(f'"Authorization: Basic $(printf %s {pair} | base64 -w0)"')
    if call.idempotent is not None:
        curl.header("Idempotency-Key", key(call, place))
    for name, value in op.headers:
        curl.header(name, value)
    _body(op, curl)
    for name, value in op.query:
        curl.words.append(f'--url-query "{name}={curl.value(name, value)}"')
    url = curl.value("url", op.url)
    success = _outputs(call, place)
    return worked(curl, url, call, success)


def worked(curl: Request, url: str, call: Call, success: str, misfit: bool = False) -> Work:
    """The finished script. success: lines after a 2xx. misfit: they end the script, or go on to the next attempt."""
    place = curl.place
    pauses = call.retry.pauses() if call.retry else ()
    repeats = bool(pauses) or misfit
    headers = ("headers",) in {path[:1] for path in _native(call, place)}
    attempt = _curl(curl, url, call, headers, repeats)
    script = bash.lines('cd "$RUNNER_TEMP"', *curl.before)
    if repeats:
        script += _loop(place, attempt, pauses, success, misfit)
    else:
        script += bash.lines(attempt, "if [[ $status != 2?? ]]; then", bash.indented(_refusal(place)), "fi", success)
    env, computed = tuple(curl.arguments.env.items()), tuple(curl.arguments.computed)
    return Work(script, "bash", env, computed, (), True)


def _curl(curl: Request, url: str, call: Call, headers: bool, after: bool) -> str:
    """The command of one attempt; it leaves $status (000 when there was no answer) and, where wanted, $after."""
    limit = f" --max-time {bash.seconds(call.timeout)}" if call.timeout is not None else ""
    step = curl.place.step
    form = "%{http_code}" + (" %header{retry-after}" if after else "") + "\\n" + ("%{header_json}" if headers else "")
    first = f"curl -sS --proto '=http,https' -g --connect-timeout {CONNECT}{limit}"
    last = f"-o {step}.body -w '{form}' --url \"{url}\" || true"
    command = " \\\n  ".join([first, *curl.words, last])
    names = "status after" if after else "status"
    if headers:
        return f"{{ read -r {names}; cat > {step}.headers; }} < <({command})"
    return f"read -r {names} < <({command})"


def _refusal(place: Place) -> str:
    """The lines that end the step after an answer that is no success; a reader of the run finds the reason."""
    return bash.lines(
        f'echo "::error title={place.step}::status $status"',
        'echo "failure=status $status" >> "$GITHUB_OUTPUT"',
        # no answer at all: whether the request was acted upon is open
        'if [ "$status" = 000 ]; then echo "timed_out=true" >> "$GITHUB_OUTPUT"; fi' if place.timed else "",
        "exit 1",
    )


def _loop(place: Place, attempt: str, pauses: tuple[int, ...], success: str, misfit: bool) -> str:
    words = " ".join([*(bash.seconds(pause) for pause in pauses), "stop"])
    done = bash.lines("2??)", bash.indented(success), "  ;;") if misfit else "2??) break ;;\n"
    case = bash.lines(
        "case $status in",
        bash.indented(done),
        "  000 | 408 | 425 | 429 | 5??) ;;",
        "  *) pause=stop ;;",
        "esac",
    )
    body = bash.lines(
        attempt,
        case,
        f'echo "::warning title={place.step}::status $status"',
        'if [ "$pause" = stop ]; then',
        bash.indented(_refusal(place)),
        "fi",
        f"if [[ $after =~ ^[0-9]+$ ]]; then pause=$((10#$after < {LONGEST_AFTER} ? 10#$after : {LONGEST_AFTER})); fi",
        'sleep "$pause"',
    )
    return bash.lines(f"for pause in {words}; do", bash.indented(body), "done", "" if misfit else success)


# --- the body ----------------------------------------------------------------------------------------------------


def _body(op: ir.Http, curl: Request) -> None:
    file = f"{curl.place.step}.in"
    if op.body is None or op.body_kind == "none":
        return
    match op.body_kind:
        case "json":
            curl.words.append("-H 'Content-Type: application/json'")
            curl.before.append(json_body(curl, op.body, file))
        case "form":
            assert isinstance(op.body, ir.RecordExpr)
            for name, value in op.body.entries:
                curl.words.append(f'--data-urlencode "{name}={curl.value(name, value)}"')
            return
        case "text":
            curl.words.append("-H 'Content-Type: text/plain; charset=utf-8'")
            curl.before.append(f'printf %s "{curl.value("body", op.body)}" > {file}\n')
        case "file":
            curl.words.append("-H 'Content-Type: application/octet-stream'")
            curl.words.append(f'--data-binary @"{curl.value("body", op.body)}"')
            return
        case _:
            raise AssertionError(op.body_kind)
    curl.words.append(f"--data-binary @{file}")


def json_body(curl: Request, body: AnyExpr, file: str) -> str:
    """The lines that write a JSON body into a file: by jq when it is made of plain values, else by Python."""
    before = dict(curl.arguments.env)
    simple = _jq(curl, body)
    if simple is None:
        curl.arguments.env = before
    else:
        return f"jq -nc {bash.quote(simple)} > {file}\n"
    program = Program(curl.place.draft, curl.place.scope)
    code = program.code(ir.Apply(STRING, body.span, "json", (body,)))
    for name, value in program.env.items():
        curl.arguments.env[name] = value
    text = program.head() + f'print({code}, end="")\n'
    return bash.heredoc(f"python3 > {file}", text, "PY")


def _jq(curl: Request, expr: AnyExpr) -> str | None:
    """jq that builds a record of constants and of values that travel as they are; None for all else."""
    if not isinstance(expr, ir.RecordExpr) or not expr.entries:
        return None
    parts = []
    for name, value in expr.entries:
        made = _member(curl, name, value)
        if made is None:
            return None
        parts.append(f"{name if name.isidentifier() and name.isascii() else shapes.json_text(name)}: {made}")
    return "{" + ", ".join(parts) + "}"


def _member(curl: Request, name: str, value: AnyExpr) -> str | None:
    if isinstance(value, ir.Literal):
        return shapes.json_text(value.value)
    if isinstance(value, ir.RecordExpr):
        return _jq(curl, value)
    if nullable(value) or not isinstance(value, ir.Ref | ir.Field | ir.Text):
        return None
    computed = len(curl.arguments.computed)
    variable = curl.arguments.variable(name, value)
    if len(curl.arguments.computed) > computed:
        curl.arguments.computed.pop()
        del curl.arguments.env[variable]
        return None
    return f"$ENV.{variable}" if shapes.textual(value.type) else f"($ENV.{variable} | fromjson)"


# --- the answer --------------------------------------------------------------------------------------------------


def _native(call: Call, place: Place) -> list[tuple[str, ...]]:
    """The paths that are read, from the native result { status, headers, body }."""
    return [(*call.select, *path) for path in place.paths]


def printed(words: list[str]) -> str:
    """The line that writes `name=value` words into the outputs of the step."""
    joined = " ".join(words)
    return f"printf '%s\\n' {joined} >> \"$GITHUB_OUTPUT\"" if words else ""


def _outputs(call: Call, place: Place) -> str:
    """The lines that turn the answer into outputs; a body that nobody reads is not parsed."""
    paths = list(zip(place.paths, _native(call, place), strict=True))
    if any(native == () for _, native in paths):
        paths = [((), ())]
    lines, words = [], []
    if any(native[:1] in ((), ("body",)) for _, native in paths):
        lines.append(_checked(call, place))
    for path, native in paths:
        name = output_name(path)
        words.append(f'"{name}={_part(place, native)}"')
    lines.append(printed(words))
    return bash.lines(*lines)


JOINED = 'map_values(join(", "))'
"""curl gives the values of a header as a list; one that came several times is joined (RFC 9110, section 5.3)."""


def _part(place: Place, native: tuple[str, ...]) -> str:
    """A double-quoted word with the value at a path of the answer."""
    match native[:1]:
        case ("status",):
            return "$status"
        case ("headers",):
            return f"$(jq -cM {bash.quote(JOINED + _steps(native[1:]))} {place.step}.headers)"
        case ("body",) if len(native) == 1:
            return "$body"
        case ("body",):
            filters = _steps(native[1:]).removeprefix(" | ")
            return f'$(jq -cM {bash.quote(filters)} <<< "$body")'
        case _:
            headers = f"$(jq -cM {bash.quote(JOINED)} {place.step}.headers)"
            return f'{{\\"status\\":$status,\\"headers\\":{headers},\\"body\\":$body}}'


def _steps(names: tuple[str, ...]) -> str:
    return f" | {shapes.jq_path(names)}" if names else ""


def body_type(call: Call) -> tuple[Type, tuple[str, ...]]:
    """The type that is known of a part of the body, and the path of that part."""
    if call.select[:1] == ("body",):
        return call.type, call.select[1:]
    if isinstance(call.type, RecordType):
        return call.type.field("body") or JSON_TYPE, ()
    return JSON_TYPE, ()


def _checked(call: Call, place: Place) -> str:
    kind, path = body_type(call)
    file = f"{place.step}.body"
    if kind == Primitive("file"):
        return f'body=$(jq -nc --arg path "$RUNNER_TEMP/{file}" {bash.quote("$path")})'
    if kind == STRING and not path:
        return f"body=$(jq -Rs . {file})"
    here = shapes.jq_path(path) if path else ""
    test = shapes.jq(kind)
    if test == "true":
        return f"body=$(jq -ncM input {file})"
    subject = f"{here} | {test}" if here else test
    fits = f'input | if ({subject}) then . else error("the body does not fit") end'
    return f"body=$(jq -ncM {bash.quote(fits)} {file})"
