'''secret-exposed: a secret gets to where it can be read

## What it finds
A secret in the query of a URL or before its `@`, in the data that a model is asked about, printed by a script
(`echo $TOKEN`, `env`, `set -x`, Python's `print` and logging), put into the text of an error, or given back as a result
(`$WFC_OUTPUT`, `return`) that is not of the type `secret`. Messages, outputs and prompts are no place for secrets by
their types. Environment variables and `args` are the right way in.

## Why
Servers and proxies log URLs with their queries (CWE-598), engines keep and show what scripts print (CWE-532), and
hide only the exact text of secrets that they know of. What a model is asked leaves the house.

## Bad
```wf
flow fetch {
  secret api_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task rates = http.get(url: "https://api.example.com/rates", query: { key: api_key })
  output all: json = rates.body
}
```
```wf
flow deploy {
  secret token
  defaults { timeout 1m }
  task go = shell("""
    echo "deploying with $TOKEN"
    ./deploy
    """, env: { TOKEN: token })
}
```

## Good
```wf
flow fetch {
  secret api_key
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task rates = http.get(url: "https://api.example.com/rates", auth: bearer(api_key))
  output all: json = rates.body
}
```
```wf
flow deploy {
  secret token
  defaults { timeout 1m }
  task go = shell("""
    printf '%s' "$TOKEN" | ./login --token-stdin
    ./deploy
    """, env: { TOKEN: token })
}
```
'''

from __future__ import annotations

from wfc import ir, types
from wfc.check import Check
from wfc.checks.common import holds_secret, named_calls, near, placed_tasks, way
from wfc.checks.facts import facts
from wfc.checks.scripts import argument_span, prints_shell
from wfc.checks.scripts_twice import line_span
from wfc.checks.urls import in_query, in_user
from wfc.diagnostic import ERROR
from wfc.taint import SECRET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import AnyExpr, Call, Flow
    from wfc.source import Span


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each way that a secret gets out of a call."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            for what, span, secret in leaks(flow, call):
                yield CHECK.found(
                    f"{title} {what}",
                    near(span, call.span),
                    *way(facts(flow).marks.path(secret, SECRET)),
                    why="Logs, pages of the engine and servers on the way keep it.",
                    help="hand it on by `auth: bearer(…)`, a header, or the standard input of a program",
                )


def leaks(flow: Flow, call: Call) -> Iterator[tuple[str, Span, AnyExpr]]:
    """(what is done with a secret, where, the value that holds it) for one call."""
    match call.op:
        case ir.Http(url=url, query=query):
            for name, value in query:
                if holds_secret(value):
                    yield f"sends a secret in the query of a URL (`{name}`)", value.span, value
            if in_query(url):
                yield "sends a secret in the query of a URL", url.span, url
            if in_user(url):
                yield "has a secret in its URL, before the `@`", url.span, url
        case ir.Llm(data=data) if data is not None and holds_secret(data):
            yield "hands a secret to a model", data.span, data
        case ir.Shell(script=script, env=env) if call.action == "shell":
            secrets = {name: value for name, value in env if holds_secret(value)}
            for name, how, place in prints_shell(script, secrets, public_results(call)):
                yield f"{how} the secret `{name}`", line_span(flow, call, place), secrets[name]
        case ir.Python(body=body, args=args) if call.action == "python":
            secrets = {name: value for name, value in args if holds_secret(value)}
            from wfc.checks.python_taint import shows_python

            for name, how in shows_python(body, secrets):
                yield f"{how} the secret `{name}`", argument_span(call, "script"), secrets[name]
        case _:
            return


def public_results(call: Call) -> frozenset[str]:
    """The names of the results that are not of the type `secret`."""
    fields = call.type.fields if isinstance(call.type, types.RecordType) else ()
    return frozenset(name for name, kind in fields if types.required(kind) != types.SECRET)


CHECK = Check("WF604", "secret-exposed", ERROR, __name__, find, preset="draft")
