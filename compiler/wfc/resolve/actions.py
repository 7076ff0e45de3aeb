"""The actions that a project defines: what each of them runs must be there, and come to an end."""

from __future__ import annotations

from wfc.resolve.calls import DEEPEST_ACTIONS
from wfc.resolve.signatures import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.resolve.report import Report
    from wfc.resolve.signatures import Signatures
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
                way = runs(dotted(name), signatures)
                shown = " → ".join(f"`{one}`" for one in way)
                place = document.span(run.nodes()[0])
                if way[-1] in way[:-1]:
                    report.error("WF101", f"the action runs itself: {shown}", place, help="let it run something else")
                elif len(way) > DEEPEST_ACTIONS:
                    message = f"actions run actions more than {DEEPEST_ACTIONS} deep: {shown}"
                    report.error("WF202", message, place, help=f"let it run `{way[-1]}` itself")


def runs(name: str, signatures: Signatures) -> list[str]:
    """An action and what it runs, one behind the other, as far as DEEPEST_ACTIONS allows and one more.

    Without the kernel's action at the end; with the first action that is met again, where they run in a circle.
    """
    way = [name]
    while len(way) <= DEEPEST_ACTIONS + 1:
        signature = signatures.get(way[-1])
        if signature is None or signature.run is None:
            return way if len(way) == 1 or signature is None else way[:-1]
        way.append(dotted(signature.run.nodes()[0]))
        if way[-1] in way[:-1]:
            return way
    return way[:-1]
