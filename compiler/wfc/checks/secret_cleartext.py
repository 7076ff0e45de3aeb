"""secret-cleartext: a secret goes over the network unencrypted

## What it finds
A request to an `http://` address that carries a secret: as `auth`, in a header, in the query or in the body; and in
scripts `curl` with a secret of `env` among its words and such an address, or with `-k` (`--insecure`). Addresses
of the machine and of private networks are left out (loopback, RFC 1918, names without a dot, `.local`, `.internal`,
`.svc`).

## Why
Everybody on the way reads it (CWE-319), and a client that follows a redirect to https has sent it already.

## Bad
```wf
flow load {
  secret token
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task me = http.get(url: "http://api.example.com/me", auth: bearer(token))
  output body: json = me.body
}
```

## Good
```wf
flow load {
  secret token
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task me = http.get(url: "https://api.example.com/me", auth: bearer(token))
  output body: json = me.body
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import holds_secret, named_calls, near, placed_tasks, way
from wfc.checks.facts import facts
from wfc.checks.scripts import VARIABLE, holds, lines_at
from wfc.checks.scripts_twice import line_span, own_script
from wfc.diagnostic import ERROR
from wfc.patterns import IGNORECASE, ready
from wfc.taint import SECRET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow, Http

CLEAR = ready(r"http://(?:[^/?#\s@]*@)?([A-Za-z0-9.-]+)", IGNORECASE)
PRIVATE = ready(
    r"(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)|(?:^|\.)(?:local|localhost|internal|lan|svc|test)$"
    r"|\.svc\.",
    IGNORECASE,
)

CURL = ready(r"\bcurl\b(?:\"[^\"]*\"|'[^']*'|[^;&|\"'])*")
CLEAR_WORD = ready(r"(?:^|[\s\"'=])http://(?:[^/?#\s@\"']*@)?([A-Za-z0-9.-]+)")
TLS_WORD = ready(r"(?:^|[\s\"'=])https://(?:[^/?#\s@\"']*@)?([A-Za-z0-9-]+\.[A-Za-z0-9.-]+)")
INSECURE = ready(r"\s(?:--insecure|-(?:[fsSLgGiIvN46]*k)[fsSLgGiIvN46kX]*)(?=\s|$)")
"""`-k` alone or among flags that take no value (curl.se/docs/manpage.html)."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each request."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if not isinstance(call.op, ir.Http):
                yield from of_script(flow, title, call)
                continue
            host = clear_host(call.op.url)
            if host and any(holds_secret(part) for part in carried(call.op)):
                secret = next(part for part in carried(call.op) if holds_secret(part))
                yield CHECK.found(
                    f"{title} sends a secret to {host} in clear text",
                    near(call.op.url.span, call.span),
                    *way(facts(flow).marks.path(secret, SECRET)),
                    why="Everybody on the way can read it.",
                    help="write `https://`",
                )


def of_script(flow: Flow, title: str, call: Call) -> Iterator[Diagnostic]:
    """At most one finding for each secret: the first line of the author's script that sends it by such a `curl`."""
    script = own_script(call) or ""
    if "curl" not in script or not isinstance(call.op, ir.Shell):
        return
    secrets = {name: value for name, value in call.op.env if holds_secret(value)}
    for name, value in secrets.items():
        for place, line in lines_at(script):
            found = next((one for one in CURL.findall(line) if holds(VARIABLE, name, one)), "")
            how = way_of(found)
            if how:
                what, help_ = how
                yield CHECK.found(
                    f"`curl` in {title} sends the secret `{name}` {what}",
                    line_span(flow, call, place),
                    *way(facts(flow).marks.path(value, SECRET)),
                    why="Everybody on the way can read it.",
                    help=help_,
                )
                break


def way_of(command: str) -> tuple[str, str] | None:
    """(how a call of curl can be read on its way, the remedy), None for one that goes by TLS or stays in the house."""
    hosts = [found[1] for found in CLEAR_WORD.finditer(command)]
    if any("." in host and not PRIVATE.search(host) for host in hosts):
        return f"to {hosts[0]} in clear text", "write `https://`"
    named = [found[1] for found in TLS_WORD.finditer(command)]
    if named and not any(PRIVATE.search(host) for host in named) and INSECURE.search(command):
        return f"to {named[0]} without asking who that is", "leave `-k` away; name the authority by `--cacert`"
    return None


def clear_host(url: AnyExpr) -> str:
    """The host of an `http://` address that is known before the run and lies in no private network, else ""."""
    first = url.parts[0] if isinstance(url, ir.Text) and url.parts else url
    if not isinstance(first, ir.Literal) or not isinstance(first.value, str):
        return ""
    found = CLEAR.match(first.value)
    if found is None or "." not in found[1] or PRIVATE.search(found[1]):
        return ""
    return found[1]


def carried(op: Http) -> Iterator[AnyExpr]:
    """What a request hands over."""
    yield op.url
    yield from (value for _, value in (*op.query, *op.headers))
    yield from (part for part in (op.body, op.bearer, *(op.basic or ())) if part is not None)


CHECK = Check("WF605", "secret-cleartext", ERROR, __name__, find, preset="draft")
