"""Model → YAML text of a workflow file. Only spelling, no decisions."""

from __future__ import annotations

from wfc_targets.common import yaml
from wfc_targets.github.model import PINS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json
    from wfc_targets.common.yaml import Node
    from wfc_targets.github.model import Job, Matrix, Step, Workflow

SHELL = "bash -euo pipefail {0}"
"""The language's shell. It begins with `bash `, by which actionlint knows what shellcheck has to read."""

SECRETS_OUTSIDE = "zizmor: ignore[secrets-outside-env] no environment was named for this flow"
ESCAPED = "zizmor: ignore[template-injection] the script holds these characters; no value is put there"
SELF = "zizmor: ignore[self-repository] the `$/` form is unknown to other tools and to older servers"


def emit(workflow: Workflow) -> str:
    """The text of a workflow file. The same model gives the same bytes."""
    comments = dict(workflow.comments)
    tree: dict[str | yaml.Plain, Node] = {
        "name": workflow.name,
        yaml.Plain("on"): {event: _noted(_plain(body), comments.get(event, "")) for event, body in workflow.on},
        "permissions": {},
    }
    if workflow.group:
        tree["concurrency"] = {"group": _text(workflow.group), "cancel-in-progress": workflow.cancel_in_progress}
    tree["defaults"] = {"run": {"shell": yaml.Plain(SHELL)}}
    tree["jobs"] = yaml.Spaced({job.id: _job(job) for job in workflow.jobs})
    return yaml.emit(tree, workflow.header)


def _noted(node: Node, comment: str) -> Node:
    return yaml.Commented(node, comment) if comment else node


def _plain(value: Json) -> Node:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()} if value else {}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [_plain(item) for item in value]
    if isinstance(value, list):
        return yaml.Flow([_plain(item) for item in value])
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> Node:
    """A text; one with an expression in it never in single quotes, which some readers do not undo before parsing it."""
    if "${{" in value and "'" in value and yaml.scalar(value).startswith("'"):
        return yaml.Block(value)
    return value


def _job(job: Job) -> Node:
    tree: dict[str, Node] = {"name": _text(job.name)}
    if job.needs:
        tree["needs"] = yaml.Flow(list(job.needs))
    if job.condition:
        tree["if"] = _text("${{ " + job.condition + " }}")
    if job.matrix:
        tree["strategy"] = _strategy(job.matrix)
    if job.environment:
        tree["environment"] = job.environment
    if job.permissions:
        tree["permissions"] = {scope: yaml.Commented(access, why) for scope, access, why in job.permissions}
    if job.uses:
        return tree | _call(job)
    if job.outputs:
        tree["outputs"] = {name: _text(value) for name, value in job.outputs}
    tree["runs-on"] = job.runs_on
    if job.timeout_minutes is not None:
        tree["timeout-minutes"] = job.timeout_minutes
    if job.env:
        tree["env"] = {name: _text(value) for name, value in job.env}
    guarded = bool(job.environment)
    tree["steps"] = yaml.Spaced([_step(step, guarded) for step in job.steps])
    return tree


def _strategy(matrix: Matrix) -> Node:
    items: Node = matrix.items if isinstance(matrix.items, str) else [{"i": i, "v": v} for i, v in matrix.items]
    values: dict[str, Node] = {matrix.variable: _text(items) if isinstance(items, str) else items}
    tree: dict[str, Node] = {"fail-fast": matrix.fail_fast, "max-parallel": matrix.max_parallel, "matrix": values}
    return tree


def _call(job: Job) -> dict[str, Node]:
    tree: dict[str, Node] = {"uses": yaml.Commented(job.uses, SELF)}
    if job.inputs:
        tree["with"] = {name: _text(value) for name, value in job.inputs}
    if job.secrets:
        tree["secrets"] = {name: "${{ secrets." + name + " }}" for name in job.secrets}
    return tree


def _step(step: Step, guarded: bool) -> Node:
    tree: dict[str, Node] = {"name": _text(step.name)}
    if step.id:
        tree["id"] = step.id
    if step.condition:
        tree["if"] = _text("${{ " + step.condition + " }}")
    if step.swallow:
        tree["continue-on-error"] = yaml.Commented(True, step.swallow)
    if step.timeout_minutes is not None:
        tree["timeout-minutes"] = step.timeout_minutes
    if step.uses:
        tree["uses"] = yaml.Commented(step.uses, PINS[step.uses])
        given: dict[str, Node] = {
            name: _text(value) if isinstance(value, str) else value for name, value in step.inputs
        }
        tree["with"] = given
        return tree
    if step.shell:
        tree["shell"] = step.shell
    if step.env:
        tree["env"] = {name: _variable(value, guarded) for name, value in step.env}
    tree["run"] = yaml.Commented(yaml.Block(step.run), ESCAPED) if "${{" in step.run else yaml.Block(step.run)
    return tree


def _variable(value: str, guarded: bool) -> Node:
    secret = ("${{ secrets." in value or "&& secrets." in value) and not guarded
    return yaml.Commented(_text(value), SECRETS_OUTSIDE) if secret else _text(value)
