"""Clients that repeat a request by themselves, inside one attempt: what the flow says of retries is not all.

The requests of `http.*` and `llm.*` are sent once an attempt on every target, for they do not go through such a client;
tests/test_client_retries.py counts them, and those of boto3 and kubectl, at a server.
"""

from __future__ import annotations

from wfc import ir
from wfc.patterns import ready
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

OPTIONS = {"curl": ("--retry",), "wget": ("--tries", "-t")}
"""curl(1): `--retry N` sends a request again N times, POST too; wget(1): `--tries N` counts all."""


def client(call: Call) -> Client | None:
    """The client of a call that sends a request most often, None when none is known to repeat any."""
    known = {name: count for name, count in TOOLS.items() if name in call.needs}
    match call.op:
        case ir.Python(body=body, packages=packages) if not OWN.search(body):
            names = {package.partition("==")[0] for package in packages}
            known |= {name: count for name, count in PACKAGES.items() if name in names}
        case ir.Shell(script=script) if call.action == "shell":
            count, tool = max(commands(script), default=(1, ""))
            if count > 1:
                return Client(tool, count, True)
        case _:
            pass
    name = max(known, key=known.__getitem__, default="")
    return Client(name, known[name]) if name else None


def commands(script: str) -> Iterator[tuple[int, str]]:
    """(requests, program) of each curl and wget of a bash script that is told to try again; none for a broken script.

    What only looks like one, in a text or a here-document, is none.
    """
    if not any(tool in script and any(option in script for option in OPTIONS[tool]) for tool in OPTIONS):
        return
    from wfc.embedded.shell import is_deep, tree
    from wfc.embedded.shell_inner import unwrapped
    from wfc.embedded.shell_words import descendants, unquoted

    root = tree(script.encode("utf-8", "replace"))
    if root.has_error or is_deep(root):
        return
    for node in descendants(root):
        if node.type != "command":
            continue
        words = unwrapped([unquoted(child) for child in node.named_children if child.type != "variable_assignment"])
        tool = words[0] if words else ""
        for option in OPTIONS.get(tool, ()):
            count = number(words, option)
            if count is not None:
                yield count + (tool == "curl"), tool


def number(words: Sequence[str], option: str) -> int | None:
    """The number of an option (`-t 3`, `--tries=3`), the last one that is given; None for none."""
    found = None
    for word, following in zip(words, [*words[1:], ""], strict=True):
        text = following if word == option else word.removeprefix(f"{option}=") if word.startswith("--") else ""
        if text.isascii() and text.isdecimal() and len(text) < 4:
            found = int(text)
    return found


def requests(call: Call) -> int:
    """How often one request of an attempt is sent at most."""
    found = client(call)
    return found.requests if found else 1
