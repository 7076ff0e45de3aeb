"""Clients that repeat a request by themselves, inside one attempt: what the flow says of retries is not all.

The requests of `http.*` and `llm.*` are sent once an attempt on every target, for they do not go through such a client;
tests/test_client_retries.py counts them, and those of boto3 and kubectl, at a server.
"""

from __future__ import annotations

from wfc import ir
from wfc.checks.scripts import lines
from wfc.patterns import ready
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Call


class Client(Record):
    """Who repeats requests. requests: how often one is sent at most. written: does the author's script say so?"""

    name: str
    requests: int
    written: bool = False


PACKAGES = {
    # docs.aws.amazon.com/boto3, "Retries": standard mode; the legacy mode of older versions and settings has 5
    "boto3": 3,
    # github.com/openai/openai-python, "Retries": 2 by default
    "openai": 3,
}
"""Python package → how often its client sends a request.

Counted at a server that says 503, for boto3 1.44.5 and openai 3.3.0.
"""

TOOLS = {
    # k8s.io/client-go, rest.Request: 10 more, when the answer is 429 or 5xx with `Retry-After`, as of an API server
    # that is asked too much (kubernetes.io, "API Priority and Fairness")
    "kubectl": 11,
}
"""Program among `needs` → the same (kubectl 1.32: 11 GET, 11 POST with `Retry-After`, one without)."""

OWN = ready(r"max_retries|max_attempts|retry_mode|\bretries\s*=")
"""Python code with this has settings of its own, which nobody counts."""

CURL = ready(
    r"(?:^|[;&|(]|\b(?:if|then|do|else|while|until)\s)\s*(?:!\s*)?curl\s(?:[^\n;&|]*?\s)?--retry[ =](\d{1,3})(?!\d)"
)
"""curl(1): `--retry N` sends a request again N times, POST too."""


def client(call: Call) -> Client | None:
    """The client of a call that sends a request most often, None when none is known to repeat any."""
    known = {name: count for name, count in TOOLS.items() if name in call.needs}
    match call.op:
        case ir.Python(body=body, packages=packages) if not OWN.search(body):
            names = {package.partition("==")[0] for package in packages}
            known |= {name: count for name, count in PACKAGES.items() if name in names}
        case ir.Shell(script=script) if call.action == "shell" and "curl" in script:
            counts = [int(number) + 1 for line in lines(script) for number in CURL.findall(line)]
            if max(counts, default=1) > 1:
                return Client("curl", max(counts), True)
        case _:
            pass
    name = max(known, key=known.__getitem__, default="")
    return Client(name, known[name]) if name else None


def requests(call: Call) -> int:
    """How often one request of an attempt is sent at most."""
    found = client(call)
    return found.requests if found else 1
