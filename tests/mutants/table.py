"""Ways to break the compiler on purpose: each is one edit, and names the test that must notice it.

`make mutants` makes each edit in a copy of the project and runs its test on the real engine; the copy is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One defect. what: in words. file: in the project. before, after: the edit; `before` stands there once.

    test: the file of tests that must fail. cases: which of its tests, as pytest's `-k` takes them.
    """

    what: str
    file: str
    before: str
    after: str
    test: str
    cases: str


KESTRA, AIRFLOW, GITHUB = (f"tests/test_conformance_{name}.py" for name in ("kestra", "airflow", "github"))
RANDOM = "tests/test_random_flows.py"


def _kestra(what: str, file: str, before: str, after: str, cases: str) -> Mutant:
    return Mutant(what, f"targets/wfc_targets/kestra/{file}", before, after, KESTRA, f"kestra_2_0 and ({cases})")


def _airflow(what: str, file: str, before: str, after: str, cases: str) -> Mutant:
    return Mutant(what, f"targets/wfc_targets/airflow/{file}", before, after, AIRFLOW, cases)


def _github(what: str, file: str, before: str, after: str, cases: str) -> Mutant:
    return Mutant(what, f"targets/wfc_targets/github/{file}", before, after, GITHUB, cases)


MUTANTS: tuple[Mutant, ...] = (
    # --- Kestra ---
    _kestra(
        "a retry is dropped",
        "tasks.py",
        "if retry is None or retry.attempts < 2:",
        "if retry is None or retry.attempts:",
        "case[03",
    ),
    _kestra(
        "one attempt too many",
        "tasks.py",
        "pebble.duration(first), retry.attempts)\n",
        "pebble.duration(first), retry.attempts + 1)\n",
        "case[04",
    ),
    _kestra(
        "then and else are swapped",
        "statements.py",
        "condition=text, then=tuple(then), else_=tuple(other))",
        "condition=text, then=tuple(other), else_=tuple(then))",
        "case[08",
    ),
    _kestra(
        "a failed branch does not fail its block",
        "statements.py",
        "    if not stops:\n        return [block]",
        "    if stops or not stops:\n        return [block]",
        "case[06",
    ),
    _kestra(
        "a failed branch cuts what waits for another",
        "statements.py",
        "may_fail(inner) for inner in stmt.body) and not stmt.fail_fast",
        "may_fail(inner) for inner in ())",
        "case[06",
    ),
    _kestra(
        "what comes after a failed task of a graph runs",
        "statements.py",
        "    if names and guarded:",
        "    if names and not guarded:",
        "case[07",
    ),
    _kestra(
        "a task that failed is undone",
        "failures.py",
        """site.around)} == 'SUCCESS'")""",
        """site.around)} != ''")""",
        "case[12",
    ),
    _kestra(
        "undos run in the order of the text",
        "failures.py",
        "for stmt in reversed(block) for task in _undos_of",
        "for stmt in block for task in _undos_of",
        "case[12",
    ),
    _kestra(
        "a failed finally leaves the run green",
        "failures.py",
        "    if not fails:\n        return [last]",
        "    if last:\n        return [last]",
        "case[16",
    ),
    _kestra(
        "the last item of a loop is forgotten",
        "loops.py",
        "range(0, ({items} | length) - 1)",
        "range(0, ({items} | length) - 2)",
        "case[14",
    ),
    _kestra(
        "a failed item leaves the loop green",
        "loops.py",
        "if stmt.maximum is None:\n        return [*before, loop]",
        "if loop:\n        return [*before, loop]",
        "case[13",
    ),
    _kestra(
        "an author's text is rendered",
        "pebble.py",
        'lambda found: "{{ \'" + found[0] + "\' }}", text)',
        "lambda found: found[0], text)",
        "case[44",
    ),
    _kestra(
        "`??` takes the default for an empty text",
        "native.py",
        'return f"({_without_null(left)} ?? {right})"',
        'return f"({left} ? {left} : {right})"',
        "case[44",
    ),
    # --- Airflow ---
    _airflow(
        "one attempt too many",
        "kernel.py",
        '("retries", retry.attempts - 1)',
        '("retries", retry.attempts)',
        "case[04",
    ),
    _airflow(
        "a task behind a skipped one is skipped",
        "lower.py",
        "usual = NONE_FAILED if scope.skippable and draft.upstream else ALL_SUCCESS",
        "usual = ALL_SUCCESS",
        "case[17",
    ),
    _airflow(
        "a fallback runs although the task went well",
        "lower.py",
        "        other.checks.append(check)\n",
        "",
        "case[10",
    ),
    _airflow(
        "a failure that a fallback has made good starts the handlers",
        "lower.py",
        "        draft.handled = True\n        other.checks.append(check)",
        "        other.checks.append(check)",
        "case[10",
    ),
    _airflow(
        "undos run in the order of the text",
        "undo.py",
        "order.append(free[-1])\n            left.remove(free[-1])",
        "order.append(free[0])\n            left.remove(free[0])",
        "case[12",
    ),
    _airflow(
        "an item of a plain loop runs after one that failed",
        "blocks.py",
        "        if stmt.maximum is None:\n            self.one_at_a_time(body, end, tail)",
        "        if stmt.maximum == 0:\n            self.one_at_a_time(body, end, tail)",
        "case[13",
    ),
    _airflow(
        "a sibling waits for nothing",
        "blocks.py",
        "inner = scope.after(merged(before)) if before else scope",
        "inner = scope",
        "case[07",
    ),
    _airflow(
        "a status that is final is tried again",
        "wfc_airflow.py.txt",
        "again = exception.status in (408, 425, 429) or exception.status >= 500",
        "again = True",
        "case[31",
    ),
    # --- GitHub ---
    _github(
        "one attempt too few",
        "bash.py",
        '"stop"])\n    tries',
        '"stop"][1:])\n    tries',
        "case[03 or case[04",
    ),
    _github(
        "a fallback runs after a success",
        "steps.py",
        "steps.{label}.outcome != 'success'",
        "steps.{label}.outcome == 'success'",
        "case[10",
    ),
    _github(
        "a recovered failure fails the run",
        "steps.py",
        'swallow="recover follows", ',
        'swallow="", ',
        "case[11",
    ),
    _github(
        "undos run in the order of the text",
        "undo.py",
        "for undo in reversed(undos):",
        "for undo in undos:",
        "case[12",
    ),
    _github(
        "finally is left out after a failure",
        "handlers.py",
        'section="finally", status="always()"',
        'section="finally", status="success()"',
        "case[02",
    ),
    _github(
        "the first item of a loop is forgotten",
        "matrix.py",
        "for number, item in enumerate(items))",
        "for number, item in enumerate(items) if number)",
        "case[13",
    ),
    _github(
        "results of a loop in the order of their ends",
        "matrix.py",
        "found.get(i, {}) for i in range(int",
        "found.get(-i, {}) for i in range(int",
        "case[14",
    ),
    _github(
        "an author's `${{` is evaluated",
        "wires.py",
        """text.replace("${{", "${{ '${{' }}")""",
        "text",
        "case[44",
    ),
    _github(
        "a handler reads what a failed task had printed",
        "values.py",
        """return Wire(f"{done} && {grouped(wire.text)} || ''", wire.form, wire.type, missing, bare or wire.text)""",
        "return wire",
        "case[43",
    ),
    _github(
        "a status that is final is tried again",
        "http.py",
        '"  *) pause=stop ;;",\n',
        "",
        "case[31",
    ),
    # --- all engines ---
    Mutant(
        "`??` asks for truth instead of null",
        "compiler/wfc/python_writer.py",
        'return f"{self.text(right, OR)} if {code} is None else {code}", LOOSE',
        'return f"({code} or {self.text(right, OR)})", ATOM',
        RANDOM,
        "every_run and airflow",
    ),
    Mutant(
        "`//` cuts towards zero",
        "compiler/wfc/python_writer.py",
        'if op == "%" or (op == "//" and expr.type != FLOAT):\n            return code, level',
        "if op == \"//\" and expr.type != FLOAT:\n            return f\"int({code.replace('//', '/')})\", ATOM\n"
        '        if op == "%":\n            return code, level',
        AIRFLOW,
        "case[36",
    ),
    Mutant(
        "a pause too many: a retry has one attempt more",
        "compiler/wfc/ir.py",
        "for n in range(self.attempts - 1)",
        "for n in range(self.attempts)",
        GITHUB,
        "case[04 or case[31 or case[30",
    ),
    Mutant(
        "a result that does not fit its type counts as good",
        "compiler/wfc/attempts.py",
        "else misfit(ending.value, call.type)",
        'else ""',
        "tests/interpreter",
        "",
    ),
    Mutant(
        "undos of a parallel block in the order of the text",
        "compiler/wfc/undo.py",
        "free = max(index for index",
        "free = min(index for index",
        KESTRA,
        "kestra_2_0 and case[12-parallel",
    ),
)
