'''sql-relative-update: a value that is computed from the old one changes twice when the run comes twice

## What it finds
`SET n = n + 1` and the like, also in ON CONFLICT DO UPDATE and MERGE, in the body of a flow that is started by a
schedule, a webhook, a file or another event, when neither `idempotent` nor `effect` says how that is meant. Functions
that change nothing the second time (`lower(email)`, `greatest(best, :value)`) and updates whose filter looks at the
changed column are left out, and so is an UPDATE … FROM the rows that an INSERT … ON CONFLICT DO NOTHING in its WITH has
newly added. A `retry` of such a call is WF303's. Scripts are read as for WF406.

## Why
The same run comes twice when a failed one is started again, a day is filled in later or an event is delivered again;
the balance is then wrong by one run, and nothing shows it.

## Bad
```wf
flow take_from_stock {
  on webhook(path: "/orders", secret: "hook_key") as event
  secret hook_key, shop
  defaults { timeout 1m }
  task take = sql.execute(
    url: shop,
    sql: "update stock set on_hand = on_hand - 1 where sku = :sku",
    params: { sku: event.headers["x-sku"] ?? "" },
  )
}
```

## Good
```wf
flow count_stock {
  on webhook(path: "/orders", secret: "hook_key") as event
  secret hook_key, shop
  defaults { timeout 1m }
  task count = sql.execute(url: shop, sql: """
    update stock set on_hand = (select coalesce(sum(m.quantity), 0) from movements m where m.sku = stock.sku)
    where sku = :sku
  """, params: { sku: event.headers["x-sku"] ?? "" })
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.sql_scripts import report_scripts
from wfc.checks.sql_texts import doubled, spot
from wfc.diagnostic import WARNING, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

KINDS = ("relative-update", "relative-update-all")
WHY = "The new value is computed from the old one, which the first run has changed."


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each text, for its first such statement."""
    for one, found, again, trigger in doubled(flow, KINDS):
        yield CHECK.found(
            f"{again} {found.effect}: {found.what} of {one.title}",
            spot(flow, one.call, found.start, found.end),
            Label(trigger, "this can start the same run twice"),
            why=WHY,
            help="set a value that does not depend on the old one, or count each event once: `with new as "
            "(insert into … on conflict do nothing returning …) update … from new`",
        )
    yield from report_scripts(CHECK, flow, KINDS, WHY, "set a value that does not depend on the old one")


CHECK = Check("WF407", "sql-relative-update", WARNING, __name__, find)
