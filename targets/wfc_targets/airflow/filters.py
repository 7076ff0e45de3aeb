"""The filters of `on github.push(…)` and its like → what the payload of a run must hold."""

from __future__ import annotations

from wfc_targets.airflow.report import unsupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc import ir
    from wfc.ir import Json
    from wfc_targets.airflow.names import Names

SPECIAL = frozenset("!?+[]\\")
"""Characters that mean more than themselves in GitHub's filter patterns, beside `*` and `**`, which are kept."""
FIELDS = {
    "repo": "repository.full_name",
    "project": "project.path_with_namespace",
    "workflows": "workflow_run.name",
    "actions": "action",
    "branches": "pull_request.base.ref",
    "paths": "commits.added commits.modified commits.removed",
}
"""Where the payload of a webhook has what an argument of the trigger filters (docs.github.com, webhook events)."""


def wanted(names: Names, trigger: ir.Trigger) -> dict[str, list[str]]:
    """Globs by the fields of the payload (several fields, with spaces between: any of them)."""
    if not trigger.kind.startswith(("github.", "gitlab.")):
        return {}
    args = {name: listed(value) for name, value in trigger.args if value not in (None, [])}
    for patterns in args.values():
        if any(SPECIAL & set(pattern) for pattern in patterns):
            refuse(names, trigger, "a glob with more than `*` and `**`", "write it with `*`, or test it in `where`")
    if trigger.kind.endswith(".push"):
        refs = [f"refs/heads/{one}" for one in args.pop("branches", ())]
        tags = [f"refs/tags/{one}" for one in args.pop("tags", ())]
        if tags and "paths" in args:
            refuse(names, trigger, "`paths` beside `tags`", "make two flows: a tag has no changed paths")
        only_branches = {"ref": ["refs/heads/**"]} if trigger.kind == "gitlab.push" else {}
        return by_field(args) | ({"ref": refs + tags} if refs or tags else only_branches)
    if "paths" in args:
        refuse(names, trigger, "`paths` of a pull request", "ask for its files in a task: its event does not list them")
    found = by_field(args)
    if trigger.kind == "gitlab.merge_request" and "action" in found:
        found["object_attributes.action"] = found.pop("action")
    return found


def by_field(args: dict[str, list[str]]) -> dict[str, list[str]]:
    """The patterns of arguments by the fields that they filter."""
    return {FIELDS[name]: patterns for name, patterns in args.items()}


def listed(value: Json) -> list[str]:
    """The patterns of one argument."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def refuse(names: Names, trigger: ir.Trigger, what: str, remedy: str) -> None:
    """WF951 for a filter that a test of the payload cannot decide."""
    why = "Airflow has no listener of its own: the filter is a test of the payload, which can't tell this."
    unsupported(names, trigger.span, f"{what} in `on {trigger.kind}`", why, remedy)
