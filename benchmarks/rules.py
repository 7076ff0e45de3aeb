"""What the checks cost against the parse: `python benchmarks/rules.py [TASKS]` prints Markdown.

One flow with tasks of every kind. First the parse, the resolver and the checks, as multiples of the parse, and the
dearest checks one by one; then, apart, what a script and a SQL text cost when they are read for the first time. CPU
time, the least of some rounds taken in turns; the garbage collector is off, as in the command line.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

from measure import in_turns, table
from synthetic import kinds

from wfc.check import ProjectCheck, run_checks
from wfc.checks import CHECKS, check
from wfc.checks.facts import forget
from wfc.embedded import shell, sql
from wfc.ir import Project, Shell, Sql
from wfc.parse import parse
from wfc.pipeline import has_errors, load_texts
from wfc.walk import calls, tasks

EMBEDDED = frozenset(
    "WF208 WF213 WF303 WF402 WF406 WF407 WF408 WF409 WF411 WF412 WF413 WF414 WF416 WF417 WF419".split()
)
"""The checks that read SQL or scripts as such; the others search their texts at most."""
NAME = "synthetic.wf"
ROUNDS = 3
DEAREST = 10


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    text = kinds(count)
    gc.disable()
    loaded = load_texts([(NAME, text)])
    if has_errors(loaded.diagnostics):
        sys.exit(loaded.diagnostics[0].message)
    project = loaded.project
    print(embedded(project), end="\n\n")
    plain = [code for code in CHECKS if code not in EMBEDDED]
    rows = in_turns(
        {
            "parse": lambda: parse(NAME, text),
            "parse and resolve": lambda: load_texts([(NAME, text)]),
            "checks without SQL and shell": checked(project, plain),
            "all checks, SQL and shell read before": checked(project, list(CHECKS)),
        },
        ROUNDS,
    )
    alone = in_turns({"parse": lambda: parse(NAME, text)} | {code: single(project, code) for code in plain}, 1)
    for code in sorted(plain, key=lambda one: -alone[one][0])[:DEAREST]:
        rows[f"- {code} {check(code).name}, alone"] = alone[code]
    print(table(f"{count:,} tasks, {text.count(chr(10)):,} lines", rows, "parse"))


def checked(project: Project, codes: list[str]) -> Callable[[], object]:
    """The checks of these codes, nothing known of the flow before."""

    def work() -> None:
        forget()
        run_checks(project, codes)

    return work


def single(project: Project, code: str) -> Callable[[], object]:
    """One check, with what it alone has to find out of the flow."""
    one = check(code)

    def work() -> None:
        forget()
        for given in [project] if isinstance(one, ProjectCheck) else project.flows:
            list(one.find(given))  # type: ignore[arg-type]

    return work


def embedded(project: Project) -> str:
    """A Markdown table: milliseconds for a script and for a SQL text, the parsers loaded before."""
    ops = [call.op for flow in project.flows for task in tasks(flow) for call in calls(task)]
    scripts = {op.script for op in ops if isinstance(op, Shell)}
    statements = {op.sql for op in ops if isinstance(op, Sql)}
    kinds_of = {
        "script": (scripts, lambda text: shell.classify(text), "mkdir -p a"),
        "SQL text": (statements, lambda text: sql.classify(text, "postgres"), "delete from a"),
    }
    lines = ["| text of another language | texts | CPU ms each |", "|---|---:|---:|"]
    for name, (texts, read, first) in kinds_of.items():
        read(first)
        start = time.process_time()
        for text in sorted(texts):
            read(text)
        taken = (time.process_time() - start) * 1000 / max(len(texts), 1)
        lines.append(f"| {name} | {len(texts):,} | {taken:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
