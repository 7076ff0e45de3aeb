"""wide-fanout: so many calls at once that the server may turn them away

## What it finds
`for … max N` with N above 20 around calls over the network.

## Why
Rate limits count calls at once as well as calls an hour: GitHub allows 100 at once to all of its REST API ("Rate limits
for the REST API"), and most servers far fewer. A burst that is turned away is retried at once by all of its items. In
the preset `production`.

## Bad
```wf
flow geocode {
  input addresses: list<string>
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  for address in addresses max 200 {
    task place = http.get(url: "https://geo.example.com/search", query: { q: address })
  }
}
```

## Good
```wf
flow geocode {
  input addresses: list<string>
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  for address in addresses max 8 {
    task place = http.get(url: "https://geo.example.com/search", query: { q: address })
  }
}
```
"""

from __future__ import annotations

from wfc import ir, walk
from wfc.check import Check
from wfc.checks.common import is_remote
from wfc.diagnostic import INFO, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

MOST = 20


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such loop, with the first of its calls."""
    for stmt in walk.all_statements(flow):
        if not isinstance(stmt, ir.For) or stmt.maximum is None or stmt.maximum <= MOST:
            continue
        inner = (one for one in walk.tasks_in(stmt.body) if is_remote(one.call))
        first = next(inner, None)
        if first is not None:
            yield CHECK.found(
                f"up to {stmt.maximum} calls of `{first.label}` at once",
                stmt.span,
                Label(first.call.span, "a server answers these"),
                why="Servers turn bursts away, and then all of them are tried again.",
                help=f'let fewer run at once: `max 8`, or say why not: `allow {CHECK.code} "…"` in `defaults`',
            )


CHECK = Check("WF805", "wide-fanout", INFO, __name__, find, preset="production")
