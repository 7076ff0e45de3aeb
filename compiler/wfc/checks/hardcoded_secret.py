"""hardcoded-secret: a password or token stands in the flow

## What it finds
Texts that look like a token (AWS, GitHub, GitLab, Slack, Stripe, OpenAI, Google, a private key, a JWT, a URL with user
and password), and constants given as `password`, `token`, `secret`, `api_key` or in an `Authorization` header, or of
eight characters and more as the token of `bearer(…)` or the password of `basic(…)`, unless it is a placeholder
(`changeme`, `xxx`, `example`). In scripts: `PGPASSWORD=…`, `export API_TOKEN=…`, `mysql -p…`, `sshpass -p …`,
`openssl … -passout pass:…`, `curl -u user:…` and `curl -H 'Authorization: …'` with a constant of letters and digits
that is no placeholder.

## Why
Flows are kept in repositories and copied into engines, whose pages show them (CWE-798). A secret declared by
`secret NAME` is looked up by the engine at run time and never stands in a text that wfc writes.

## Bad
```wf
flow upload {
  defaults { timeout 1m }
  task put = shell("aws s3 cp report.csv s3://acme/", env: { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" })
}
```
```wf
flow login {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task me = http.get(url: "https://api.example.com/me", headers: { Authorization: "Bearer 9f8e7d6c5b4a" })
  output body: json = me.body
}
```
```wf
flow login {
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task me = http.get(url: "https://api.example.com/me", auth: basic("bob", "correct-horse-battery"))
  output body: json = me.body
}
```

## Good
```wf
flow upload {
  secret aws_key_id
  defaults { timeout 1m }
  task put = shell("aws s3 cp report.csv s3://acme/", env: { AWS_ACCESS_KEY_ID: aws_key_id })
}
```
"""

from __future__ import annotations

from wfc import walk
from wfc.check import Check
from wfc.checks.facts import facts
from wfc.checks.scripts import argument_span
from wfc.checks.scripts_twice import line_span, own_script
from wfc.diagnostic import ERROR
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.checks.facts import Given
    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow
    from wfc.source import Span

TOKENS = (
    ("an AWS access key", "IA", ready(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", "_", ready(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})")),
    ("a GitLab token", "glpat-", ready(r"\bglpat-[\w-]{20,}")),
    ("a Slack token", "xox", ready(r"\bxox[abeprs]-[A-Za-z0-9-]{10,}")),
    (
        "a Slack webhook",
        "hooks.slack.com",
        ready(r"https://hooks\.slack\.com/(?:services|workflows)/[A-Z0-9]+/[A-Z0-9]+/\w+"),
    ),
    ("a Stripe key", "k_", ready(r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}")),
    ("an API key", "sk-", ready(r"\bsk-[A-Za-z0-9_-]{20,}")),
    ("a Google API key", "AIza", ready(r"\bAIza[\w-]{35}")),
    ("a private key", "PRIVATE KEY", ready(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a JSON web token", "eyJ", ready(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    ("a URL with a password", "@", ready(r"\b[a-z][a-z0-9+]{0,30}://[^\s:@/$'\"{<]+:[^\s@/$'\"{<*]+@")),
)
"""(What it is, what each such text holds, its form): where the second is missing the third need not be tried."""
NAMES = ready(r"(?i)(?:^|[_-])(?:password|passwd|token|secret|api[_-]?key|private[_-]?key|access[_-]?key)$")
HINT = ready(r"(?i)pass|pwd|token|secret|key|mysql|mariadb|curl|authorization")
"""Scripts without any of these need not be read."""
PLACES: dict[Given, str] = {("bearer", 0): "the token of `bearer(…)`", ("basic", 1): "the password of `basic(…)`"}
"""(Function of `auth`, number of its argument) → what stands there."""
SHORTEST = 8
"""Characters of a constant in PLACES: no service should take a password that is shorter (NIST SP 800-63B, 5.1.1.1)."""
HEADERS = ("authorization", "proxy-authorization", "x-api-key")


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each text; what it holds is not repeated in the message."""
    seen: set[Span] = set()
    tokens: dict[str, str] = {}
    for expr, given in facts(flow).texts:
        text = str(expr.value)
        # an argument stands in the call and in what the call does: its text is searched once
        if text not in tokens:
            tokens[text] = token_in(text)
        what = tokens[text] or (value_of(text, given) if given else "")
        if what and expr.span not in seen and expr.span.source == flow.span.source:
            seen.add(expr.span)
            yield report(what, expr.span)
    yield from of_scripts(flow, seen)
    for trigger in flow.triggers:
        what = next((found for _, value in trigger.args if (found := token_in(str(value)))), "")
        if what:
            yield report(what, trigger.span)


def of_scripts(flow: Flow, seen: set[Span]) -> Iterator[Diagnostic]:
    """One finding for each line of a script of the author; seen: texts that have been told of."""
    for task in walk.tasks(flow):
        for call in walk.calls(task):
            script = own_script(call)
            if script is None or argument_span(call, "script") in seen or not HINT.search(script):
                continue
            from wfc.checks.script_secrets import literal_secrets

            for what, place in literal_secrets(script):
                span = line_span(flow, call, place)
                if span not in seen:
                    seen.add(span)
                    yield report(what, span)


def token_in(text: str) -> str:
    """What a text seems to hold, by its form, or ""."""
    return next((what for what, hint, form in TOKENS if hint in text and form.search(text)), "")


def value_of(text: str, given: Given) -> str:
    """What a text seems to be, by the name or place that it is given as, or ""."""
    if isinstance(given, str):
        return f"the value of `{given}`" if text and (NAMES.search(given) or given.lower() in HEADERS) else ""
    if given not in PLACES or len(text) < SHORTEST:
        return ""
    from wfc.checks.script_secrets import PLACEHOLDER

    return "" if PLACEHOLDER.search(text) else PLACES[given]


def report(what: str, span: Span) -> Diagnostic:
    """The finding; what: what the text seems to be, never the text itself."""
    return CHECK.found(
        f"a secret stands in the flow ({what})",
        span,
        why="Whoever can read the flow, its repository or the engine's pages has it.",
        help="declare `secret NAME`, read NAME here, and make a new one: this one is known",
    )


CHECK = Check("WF603", "hardcoded-secret", ERROR, __name__, find, preset="draft")
