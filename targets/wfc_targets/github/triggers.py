"""Triggers and inputs of a flow → `on:`, where an event keeps its values, and the condition that `where` adds."""

from __future__ import annotations

from wfc import ir
from wfc.types import BOOL, FLOAT, INT, EnumType, MapType, OptionalType, Primitive, RecordType, required
from wfc.walk import calls, flow_expressions, flows_run, references, tasks
from wfc_targets.github import shapes
from wfc_targets.github.grants import TOKEN, family, handed_on
from wfc_targets.github.wires import JSON, RAW, TYPED, Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Flow, Input, Json, Project, Trigger
    from wfc.types import Type
    from wfc_targets.github.draft import Draft

DISPATCH, CALL, RUN, REPOSITORY = "workflow_dispatch", "workflow_call", "workflow_run", "repository_dispatch"
FILTERS = {"actions": "types", "branches": "branches", "tags": "tags", "paths": "paths", "workflows": "workflows"}
CALL_INPUT = "wfc_call"
"""The input by which a called workflow learns which call it is."""
MOST_INPUTS = 25
"""Inputs of one workflow_dispatch (docs.github.com, "Events that trigger workflows")."""
UNLIMITED = "zizmor: ignore[concurrency-limits] the calls of one run would share a group and cancel each other"
DANGER = "zizmor: ignore[dangerous-triggers] nothing of the run that ended is checked out or executed here"


def event_of(kind: str) -> str:
    """GitHub's name of the event behind a kind of trigger, "" when there is none."""
    known = {"manual": DISPATCH, "schedule": "schedule", "webhook": REPOSITORY, "alert": REPOSITORY, "flow": RUN}
    return known.get(kind) or (kind.removeprefix("github.") if kind.startswith("github.") else "")


def events(draft: Draft) -> tuple[tuple[tuple[str, Json], ...], tuple[tuple[str, str], ...]]:
    """`on:` as (event, mapping) pairs, and comments on its lines. Reports triggers that GitHub does not have."""
    found: dict[str, Json] = {}
    for trigger in draft.flow.triggers:
        event = event_of(trigger.kind)
        if not event:
            _missing(draft, trigger)
            continue
        _merge(found, event, _body(trigger))
    if dispatched(draft):
        found[DISPATCH] = _inputs(draft, DISPATCH)
    if called(draft):
        found[CALL] = _inputs(draft, CALL)
    comments = {event: text for event, text in ((RUN, DANGER), (CALL, UNLIMITED)) if event in found}
    if draft.flow.concurrency is not None:
        comments.pop(CALL, None)
    return tuple(found.items()), tuple(comments.items())


def _missing(draft: Draft, trigger: Trigger) -> None:
    draft.unsupported(
        trigger.span,
        f"the trigger `{trigger.kind}` does not exist on GitHub Actions",
        "A workflow there starts by an event of its own repository, a schedule, a call of the API, or another run.",
        "use `schedule` and look for what is new, or `webhook` and let the other system call GitHub's API",
    )


def _merge(found: dict[str, Json], event: str, body: Json) -> None:
    before = found.get(event)
    if isinstance(before, list) and isinstance(body, list):
        found[event] = [*before, *body]
    elif isinstance(before, dict) and isinstance(body, dict):
        merged: dict[str, Json] = dict(before)
        for key, value in body.items():
            old = merged.get(key)
            if isinstance(old, list) and isinstance(value, list):
                value = [*old, *(item for item in value if item not in old)]
            merged[key] = value
        found[event] = merged
    else:
        found[event] = body


def _body(trigger: Trigger) -> Json:
    args = dict(trigger.args)
    match trigger.kind:
        case "schedule":
            zone = str(args.get("timezone") or "UTC")
            cron: dict[str, Json] = {"cron": str(args["cron"])}
            return [cron | ({"timezone": zone} if zone != "UTC" else {})]
        case "webhook" | "alert":
            return {"types": [str(args["path"]).strip("/").replace("/", "-")]}
        case "flow":
            return {"workflows": [str(args["name"])], "types": ["completed"]}
        case _:
            pass
    return {FILTERS[name]: value for name, value in args.items() if name in FILTERS and value not in ([], None)}


def dispatched(draft: Draft) -> bool:
    """Can a person start the flow, with its inputs?"""
    triggers = draft.flow.triggers
    return not triggers or any(event_of(trigger.kind) == DISPATCH for trigger in triggers)


def called(draft: Draft) -> bool:
    """Can other flows call it?"""
    return any(draft.flow.name in flows_run(flow) for flow in draft.project.flows)


def _inputs(draft: Draft, event: str) -> Json:
    inputs = draft.flow.inputs
    if event == DISPATCH and len(inputs) > MOST_INPUTS:
        draft.unsupported(
            inputs[MOST_INPUTS].span,
            f"the flow has {len(inputs)} inputs, more than GitHub Actions takes",
            f"A workflow on GitHub Actions takes at most {MOST_INPUTS} inputs.",
            "put some of them together in one input of a record type",
        )
    body: dict[str, Json] = {}
    if inputs:
        body["inputs"] = {item.name: _input(item, event) for item in inputs}
    if event == CALL and numbered(draft.project, draft.flow):
        what: dict[str, Json] = {"description": "tells the calls of one run apart", "type": "string", "required": False}
        given = body.setdefault("inputs", {})
        assert isinstance(given, dict)
        given[CALL_INPUT] = what
    names = handed_on(draft.project, draft.flow)
    if event == CALL and names:
        body["secrets"] = {name: {"required": True} for name in names}
    return body


def numbered(project: Project, flow: Flow) -> bool:
    """Does a called flow read `run.id`, or one that it calls? All calls of one run have the same `github.run_id`."""
    return any(reads_id(one) for one in family(project, flow))


def reads_id(flow: Flow) -> bool:
    """Does a flow read `run.id` itself, be it as the key that stands for none?"""
    if any(call.idempotent is not None and call.idempotent.key is None for task in tasks(flow) for call in calls(task)):
        return True
    ids = (ref for expr in flow_expressions(flow) for ref in references(expr) if ref.kind == "run")
    return any(ref.name == "id" for ref in ids)


def check_secrets(draft: Draft) -> None:
    """Report names that GitHub keeps for itself, and a token that nothing was allowed to."""
    for secret in draft.flow.secrets:
        name = draft.project.secret_name("github", secret.name)
        if name == TOKEN and not draft.option("permissions"):
            draft.lossy(
                secret.span,
                f"`{secret.name}` is the token of the run, which may do nothing here",
                "GitHub makes this token for each run; it may do what the workflow says, and this one says nothing.",
                'say it, as in `target github { permissions: ["contents: read"] }`, or give the secret another name',
            )
        elif name != TOKEN and name.startswith("GITHUB_"):
            draft.unsupported(
                secret.span,
                f"a secret cannot be named {name} on GitHub",
                "Names that begin with GITHUB_ are GitHub's own.",
                "give it another name there, in the table [secrets.github] of wfc.toml",
            )


def _input(item: Input, event: str) -> Json:
    kind = required(item.type)
    entry: dict[str, Json] = {"description": described(item.type) or item.name}
    if isinstance(kind, EnumType) and event == DISPATCH:
        entry |= {"type": "choice", "options": list(kind.members)}
    elif kind == BOOL and not isinstance(item.type, OptionalType):
        entry["type"] = "boolean"
    else:
        entry["type"] = "number" if kind == INT and event == DISPATCH else "string"
    needed = item.default is None and not isinstance(item.type, OptionalType)
    entry["required"] = needed
    default = constant_default(item)
    if default is not None:
        entry["default"] = default
    return entry


def constant_default(item: Input) -> Json:
    """The default of an input as GitHub writes it, when it is a constant."""
    if not isinstance(item.default, ir.Literal) or item.default.value is None:
        return None
    value = item.default.value
    if isinstance(value, bool | str):
        return value
    return value if required(item.type) == INT else str(value)


def described(kind: Type) -> str:
    """What an input that GitHub knows as a text has to look like."""
    kind = required(kind)
    if isinstance(kind, Primitive):
        words = {"date": "a date such as 2026-03-01", "duration": "milliseconds", "json": "JSON"}
        words |= {"datetime": "a time such as 2026-03-01T12:00:00+01:00", "float": "a number such as 2.5"}
        return words.get(kind.name, "")
    return "" if isinstance(kind, EnumType) else f"JSON: {kind}"


# --- values of events --------------------------------------------------------------------------------------------


def event_wire(draft: Draft, trigger: Trigger, path: tuple[str, ...], kind: Type) -> Wire:
    """Where the payload of an event is found."""
    if trigger.kind == "flow":
        return _ended_flow(path, kind)
    root, names = "github.event", path
    if event_of(trigger.kind) == REPOSITORY:
        root = "github.event.client_payload"
        names = path[1:] if trigger.kind == "webhook" else path
        if trigger.kind == "webhook" and path[:1] == ("headers",):
            draft.unsupported(
                trigger.span,
                "the headers of a webhook are read",
                "A program starts a workflow on GitHub Actions by an API call that hands on a JSON body only.",
                "send the value in the body",
            )
    text = root + "".join(f".{name}" if name.isidentifier() else f"['{name}']" for name in names)
    if required(kind) == BOOL:
        return Wire(text, TYPED, kind)
    if isinstance(kind, OptionalType) and shapes.textual(kind):
        # GitHub takes an empty text and null for equal
        return Wire(f"toJSON({text})", JSON, kind, f"toJSON({text}) == 'null'", text)
    return Wire(text, RAW, kind) if shapes.scalar(kind) else Wire(f"toJSON({text})", JSON, kind)


def _ended_flow(path: tuple[str, ...], kind: Type) -> Wire:
    if path == ("state",):
        return Wire("github.event.workflow_run.conclusion == 'success' && 'succeeded' || 'failed'", RAW, kind)
    return Wire("github.event.workflow_run.id", RAW, kind)


def ended_well(trigger: Trigger) -> str:
    """The condition by which a flow starts behind another only in the states it asks for; "" for all."""
    states = dict(trigger.args).get("states") or ["succeeded"]
    assert isinstance(states, list)
    if len(states) != 1:
        return ""
    operator = "==" if states == ["succeeded"] else "!="
    return f"github.event.workflow_run.conclusion {operator} 'success'"


__all__ = ("FLOAT", "MapType", "RecordType", "called", "dispatched", "ended_well", "event_of", "event_wire", "events")
