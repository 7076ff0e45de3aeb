"""bad-literal: a constant that can't mean anything

## What it finds
A cron expression that is none, a time zone that the IANA database does not have, a URL that is not `http` or `https`
or has no host, a pause, wait or period of nothing, a `retry` with one attempt
(a warning: `attempts` counts the first), an integer
beyond 2^53-1, an unknown escape in a string. A value or a type that is nested deeper than 200 levels, or has more than
10,000 parts, with what its names stand for put in.

## Why
Each engine finds it at a time of its own: when the flow is deployed, at the first run, or never. Zones:
the IANA time zone database; URLs: RFC 9110, section 4.2; cron: POSIX crontab, five fields.

## Bad
```wf
flow nightly {
  on schedule("0 25 * * *")
  defaults { timeout 1m }
  task work = shell("./work")
}
```
```wf
flow nightly {
  on schedule("0 2 * * *", timezone: "Europe/Berln")
  defaults { timeout 1m }
  task work = shell("./work")
}
```
```wf
flow rates {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task today = http.get(url: "api.example.com/rates")
  output all: json = today.body
}
```
```wf
flow work {
  defaults { timeout 1m }
  task pause = sleep(0s)
}
```

## Good
```wf
flow nightly {
  on schedule("0 2 * * mon-fri", timezone: "Europe/Berlin")
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task today = http.get(url: "https://api.example.com/rates")
  output all: json = today.body
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks import cron
from wfc.checks.common import named_calls, near, placed_tasks
from wfc.checks.durations import ONCE, nothings
from wfc.checks.urls import constant_start, is_web
from wfc.checks.zones import known_zone, nearest_zone
from wfc.diagnostic import ERROR, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Call, Flow, Trigger
    from wfc.source import Span


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such constant."""
    for trigger in flow.triggers:
        if trigger.kind == "schedule":
            yield from schedule(trigger)
    seen: set[Span] = set()
    for task, _ in placed_tasks(flow):
        for span, what, remedy in nothings(task):
            if span not in seen:  # a retry of `defaults` is that of many tasks
                seen.add(span)
                # what is superfluous stops nobody
                yield CHECK.found(what, span, help=remedy, severity=WARNING if remedy == ONCE else ERROR)
        for _, call in named_calls(task):
            yield from request(call)
    if flow.budget is not None and flow.budget.time == 0:
        yield CHECK.found("a budget without any time", flow.budget.span, help="write at least `1s`")


def schedule(trigger: Trigger) -> Iterator[Diagnostic]:
    """Findings about the cron expression and time zone of a trigger."""
    args = dict(trigger.args)
    expression, zone = args.get("cron"), args.get("timezone")
    fault = cron.read(expression) if isinstance(expression, str) else None
    if isinstance(fault, str):
        yield CHECK.found(
            f'"{expression}" is no cron expression: {fault}',
            trigger.span,
            help="five fields: minute, hour, day of the month, month, day of the week; `0 2 * * *` is 2:00 each day",
        )
    if isinstance(zone, str) and not known_zone(zone):
        near_zone = nearest_zone(zone)
        yield CHECK.found(
            f'there is no time zone "{zone}"',
            trigger.span,
            help=f'did you mean "{near_zone}"?' if near_zone else 'write a name of the IANA database: "Europe/Berlin"',
        )


def request(call: Call) -> Iterator[Diagnostic]:
    """A URL as far as it is constant. One that begins with a value is judged by nobody before the run."""
    if not isinstance(call.op, ir.Http):
        return
    text = constant_start(call.op.url)
    if text is not None and not is_web(text):
        yield CHECK.found(
            f'"{text}" is no URL of a web server' if text else "the URL is empty",
            near(call.op.url.span, call.span),
            help="write `https://host/path`",
        )


CHECK = Check("WF207", "bad-literal", ERROR, __name__, find, preset="draft")
