"""The actions that a project defines: what each of them runs must be there, and come to an end."""

from __future__ import annotations

from wfc.resolve.calls import DEEPEST_ACTIONS
from wfc.resolve.signatures import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.report import Report
    from wfc.resolve.signatures import Signatures
    from wfc.source import Span
    from wfc.syntax import Document


def check_actions(documents: list[Document], signatures: Signatures, report: Report) -> None:
    """Report what is wrong with what the actions of documents run.

    WF202 for one that runs nothing, or actions more than DEEPEST_ACTIONS deep; WF102 for one that runs what is not
    there; WF101 for one that runs itself, directly or through others.
    """
    for document in documents:
        for node in document.root.nodes("action"):
            run, name = node.node("call"), node.nodes("dotted")[0]
            if run is None and not document.broken:
                message = f"the action `{dotted(name)}` runs nothing"
                report.error("WF202", message, document.span(name), help="end it with `run` and a call: `run shell(…)`")
            elif run is not None and signatures.get(head := dotted(run.nodes()[0])) is None:
                report.unknown("action", head, document.span(run.nodes()[0]), signatures.names("action"), listing=False)
            elif run is not None:
                check_way(runs(dotted(name), signatures), document.span(run.nodes()[0]), signatures, report)


def check_way(way: list[str], place: Span, signatures: Signatures, report: Report) -> None:
    """Report an action that runs itself in the end, or that is too far from what runs; way: see `runs`."""
    in_circle = way[-1] == way[0] and len(way) > 1
    shown = " → ".join(f"`{one}`" for one in (way if in_circle else way[: DEEPEST_ACTIONS + 1]))
    if in_circle and way[0] == min(way):  # once for a circle
        report.error("WF101", f"the action runs itself: {shown}", place, help="let it run something else")
    elif (
        not in_circle and len(way) > DEEPEST_ACTIONS and way[-1] not in way[:-1] and signatures.get(way[-1]) is not None
    ):
        message = f"actions run actions more than {DEEPEST_ACTIONS} deep: {shown}"
        report.error("WF202", message, place, help=f"let it run `{way[DEEPEST_ACTIONS]}` itself")


def runs(name: str, signatures: Signatures) -> list[str]:
    """An action and what it runs, one behind the other, to the last that a project defines, or that is not there.

    Where they run in a circle the last is the first that is met again.
    """
    way, seen = [name], {name}
    while (signature := signatures.get(way[-1])) is not None and signature.run is not None:
        way.append(dotted(signature.run.nodes()[0]))
        if way[-1] in seen:
            return way
        seen.add(way[-1])
    return way if signature is None else way[:-1]
