"""llm.* → one question to an OpenAI-compatible chat endpoint by curl; an answer that does not fit is asked again."""

from __future__ import annotations

from wfc import ir
from wfc.types import STRING
from wfc_targets.github import bash, shapes
from wfc_targets.github.http import Request, printed, worked
from wfc_targets.github.values import output_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr, Call, Json
    from wfc_targets.github.operations import Place, Work


def ask(op: ir.Llm, call: Call, place: Place) -> Work:
    """The call with all its attempts. The answer is held against the type here: the server's promise is not trusted."""
    curl = Request(place)
    span = call.span
    url = curl.value("url", ir.Text(STRING, span, (op.base_url, ir.Literal(STRING, span, "/chat/completions"))))
    curl.words.append("-X POST")
    curl.hidden(f'"Authorization: Bearer {curl.value("key", op.key)}"')
    curl.words.append("-H 'Content-Type: application/json'")
    curl.words.append(f"--data-binary @{place.step}.in")
    model = curl.value("model", op.model)
    prompt = curl.value("prompt", op.prompt)
    data = _data(curl, op.data)
    curl.before.append(_question(model, prompt, data, call, place))
    return worked(curl, url, call, _answer(call, place), misfit=True)


def _data(curl: Request, data: AnyExpr | None) -> str:
    if data is None:
        return ""
    text = data if data.type == STRING else ir.Apply(STRING, data.span, "json", (data,))
    return curl.value("data", text)


def _question(model: str, prompt: str, data: str, call: Call, place: Place) -> str:
    """One user message: instructions, then the data as JSON. Strict schemas want an object at the top."""
    schema: dict[str, Json] = {
        "type": "object",
        "properties": {"value": shapes.schema(call.type)},
        "required": ["value"],
        "additionalProperties": False,
    }
    content = f"$ENV.{prompt[1:]}" + (f' + "\\n\\n" + $ENV.{data[1:]}' if data else "")
    form = shapes.json_text({"name": "answer", "strict": True, "schema": schema})
    question = (
        f'{{model: $ENV.{model[1:]}, temperature: 0, messages: [{{role: "user", content: ({content})}}],\n'
        f'  response_format: {{type: "json_schema", json_schema: {form}}}}}'
    )
    return f"jq -nc {bash.quote(question)} > {place.step}.in\n"


def _answer(call: Call, place: Place) -> str:
    read = '.choices[0] | select(.finish_reason != "length") | .message.content | fromjson | .value'
    test = shapes.jq(call.type)
    fits = f'{read} | if {test} then . else error("it does not fit") end'
    words = [f'"{output_name(path)}={_part(path)}"' for path in place.paths]
    return bash.lines(
        f"if answer=$(jq -cM {bash.quote(fits)} {place.step}.body); then",
        bash.indented(bash.lines(printed(words), "exit 0")),
        "fi",
        'status="$status, but the answer does not fit"',
    )


def _part(path: tuple[str, ...]) -> str:
    if not path:
        return "$answer"
    steps = bash.quote(shapes.jq_path(path))
    return f'$(jq -cM {steps} <<< "$answer")'
