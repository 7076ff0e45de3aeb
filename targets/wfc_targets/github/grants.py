"""What a workflow needs of the one that calls it: secrets and permissions of the token, for itself and what it calls.

A called workflow has the secrets that its caller hands on and at most the permissions of the calling job (GitHub
documentation, "Reusing workflow configurations"), so both go down from level to level.
"""

from __future__ import annotations

from wfc.walk import flows_run
from wfc_targets.github.draft import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.ir import Flow, Json, Project

TOKEN = "GITHUB_TOKEN"
"""The secret that every run has without being given it."""
STRENGTH = ("none", "read", "write")
Permission = tuple[str, str, str]
"""Scope, access and why."""


def family(project: Project, flow: Flow) -> list[Flow]:
    """The flow and those that it runs, directly or not, each once."""
    found = {flow.name: flow}
    waiting = [flow]
    for one in waiting:
        for name in flows_run(one):
            child = project.flow(name)
            if child is not None and name not in found:
                found[name] = child
                waiting.append(child)
    return list(found.values())


def handed_on(project: Project, flow: Flow) -> list[str]:
    """The names of the secrets that a caller hands to a flow; the token of the run is there without that."""
    names = [project.secret_name("github", secret.name) for one in family(project, flow) for secret in one.secrets]
    return [name for name in dict.fromkeys(names) if name != TOKEN]


def permissions(options: Mapping[str, Json]) -> list[Permission]:
    """What the options of a flow ask for: `permissions`, and reading the repository for `checkout`."""
    wanted = options.get("permissions") or []
    assert isinstance(wanted, list)
    found: list[Permission] = []
    for item in wanted:
        scope, _, access = str(item).partition(":")
        found.append((scope.strip(), access.strip(), "asked for by `target github`"))
    if options.get("checkout", False) and not any(scope == "contents" for scope, _, _ in found):
        found.append(("contents", "read", "to check the repository out"))
    return found


def _strength(access: str) -> int:
    return STRENGTH.index(access) if access in STRENGTH else len(STRENGTH)


def granted(project: Project, flow: Flow) -> list[Permission]:
    """What a job that calls a flow has to allow, each scope once with the strongest access that is asked for."""
    strongest: dict[str, str] = {}
    for one in family(project, flow):
        for scope, access, _ in permissions(settings(project, one)):
            strongest[scope] = max(strongest.get(scope, "none"), access, key=_strength)
    return [(scope, access, f"for `{flow.name}`") for scope, access in strongest.items()]
