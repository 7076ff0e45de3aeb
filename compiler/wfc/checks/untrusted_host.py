"""untrusted-host: somebody outside chooses which server a request goes to

## What it finds
A request whose host comes from the payload of a trigger or from a model, and was compared with no constants of the
author's (`require host in ["a.example.com"]`). Hosts from a server's own answer (a link to
the next page, an upload address) are left out.

## Why
The request is sent from inside the network, with the credentials of the flow (CWE-918, server-side request forgery;
OWASP Top 10 2021, A10).

## Bad
```wf
flow fetch {
  on webhook(path: "imports") as event
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task page = http.get(url: "https://{event.headers["x-host"] ?? "a"}/export")
  output all: json = page.body
}
```

## Good
```wf
flow fetch {
  on webhook(path: "imports") as event
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task page = http.get(url: "https://shop.example.com/export", query: { id: event.headers["x-id"] ?? "a" })
  output all: json = page.body
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import leaves, named_calls, near, placed_tasks, way
from wfc.checks.facts import facts
from wfc.diagnostic import ERROR, Label
from wfc.taint import AI, SENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Flow, Task


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such request."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if not isinstance(call.op, ir.Http):
                continue
            for part in host(call.op.url):
                if not any(True for _ in walk.references(part)):
                    continue
                marks = facts(flow).marks
                sent = bool(marks.path(part, SENT))
                if (sent or AI in marks.of(part)) and not is_known(part, task, flow):
                    who = "whoever starts the flow" if sent else "a model"
                    yield CHECK.found(
                        f"{who} chooses the server that {title} talks to",
                        near(part.span, call.span),
                        *way(marks.path(part, SENT if sent else AI)),
                        Label(call.span, "sent from inside, with what the flow may see"),
                        why="An address inside the network would be asked as well.",
                        help="write the host down, and let the value choose among paths or parameters only",
                    )
                    break


def host(url: AnyExpr) -> tuple[AnyExpr, ...]:
    """The parts of a URL that can change its host: those before the first `/`, `?` or `#` behind `://`."""
    parts = url.parts if isinstance(url, ir.Text) else (url,)
    text = ""
    found: list[AnyExpr] = []
    for part in parts:
        if isinstance(part, ir.Literal):
            text += str(part.value)
            begin = text.find("://")
            if begin >= 0 and any(sign in text[begin + 3 :] for sign in "/?#"):
                break
        else:
            found.append(part)
            text += "x"
    return tuple(found)


def is_known(part: AnyExpr, task: Task, flow: Flow) -> bool:
    """Was a part of a host compared with constants on the way to the task, so that it can be nothing else?"""
    return all(facts(flow).is_word(leaf, task) for leaf in leaves(part))


CHECK = Check("WF611", "untrusted-host", ERROR, __name__, find)
