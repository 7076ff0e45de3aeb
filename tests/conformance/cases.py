"""The conformance cases: which flow, what it is given, what the world does, and what a run must show.

One table for the interpreter and for every engine. Facts are written by hand from the meaning of the language
(docs/semantics.md), never copied from a run. On a real engine the scripts of the flows do what `behaviours` says for
the interpreter; `http` is what the web server answers there. See `Case` for the fields.
"""

from __future__ import annotations

import hashlib
from typing import Any

from conformance.case import HOSTILE, SCRATCH, URL, Case, Reply, State
from wfc.trace import SKIPPED, SUCCEEDED
from wfc.world import Attempt, Behaviour, Decision

OK: State = SUCCEEDED
FAILED: State = "failed"
FAIL = Behaviour(fails=None)
GOOD = {"items": [{"id": 1}], "total": 2}


def result(name: str, **fields: Any) -> dict[Any, Behaviour]:
    """The task of that name returns a record."""
    return {("task", name): Behaviour(returns=fields)}


def echo(name: str, argument: str, output: str = "seen") -> dict[Any, Behaviour]:
    """The task returns what it was given in its environment or arguments."""
    return {("task", name): Behaviour(returns=lambda attempt: {output: attempt.args[argument]})}


def sha(text: str) -> str:
    """The SHA-256 of a text's UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def hashed(attempt: Attempt) -> dict[str, str]:
    """What the script of case 20 gives."""
    return {"sha": sha(str(next(iter(attempt.args.values()))))}


def given(attempt: Attempt) -> Any:
    """A Python task that returns what it was given."""
    return attempt.args


C13 = {("task", "s1", (1,)): FAIL}
C26 = {("task", "t", (2,)): FAIL}
ROWS_34 = [
    {"id": 9007199254740991, "tags": ["a.b", None, "é😀\u2028"], "ratio": 0.1, "note": "::{}::"},
    {"id": -9007199254740991, "tags": [], "ratio": 1e-7},
]
INPUTS_34 = {
    "text": HOSTILE["emoji"],
    "number": 9007199254740991,
    "ratio": 1.5e300,
    "flag": True,
    "day": "2024-02-29",
    "rows": ROWS_34,
    "free": {"nested": [[1, 2.5], [None, {"a key": "x", "b.c": True}]]},
}
ROWS_36 = [{"id": "x", "n": 3}, {"id": "y", "n": 9}, {"id": "z", "n": 4}, {"id": "w", "n": 9}]
WHO = "a {{ 7*7 }} 'é"
INPUTS_36 = {"url": URL, "n": 7, "day": "2026-03-01", "who": WHO, "rows": ROWS_36}
SHELL_44 = "{{ 7*7 }} {% raw %} ${{ github.token }} {# x #} %s $HOME"
PYTHON_44 = "{{ inputs.word }} ${{ github.token }}{{ 7*7 }} ${{ github.token }}"
MISFIT = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Sorry, no idea."}}]}
ANSWER = '{"value": [{"commit": "a1", "task": "7", "confidence": 0.9}]}'
FIT = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": ANSWER}}]}


def _llm(name: str, replies: tuple[Reply, ...], fails: int | None, **facts: Any) -> Case:
    """Case 35: the model's answers, and how many attempts fail."""
    value = [{"commit": "a1", "task": "7", "confidence": 0.9}]
    return Case(
        name, "35_llm.wf", "c35", inputs={"url": URL}, secrets={"llm_key": "key-1"},
        behaviours={("task", "m"): Behaviour(fails=fails, returns=value)}, http={"/llm/chat/completions": replies},
        headers={"/llm/chat/completions": {"authorization": "Bearer key-1"}}, **facts,
    )  # fmt: skip


CASES: tuple[Case, ...] = (
    Case(
        "01", "01_sequence.wf", "c01", {"a": OK, "b": OK, "c": OK}, order=("a < b", "b < c"), outputs={"m": 8},
        behaviours={
            ("task", "a"): Behaviour(returns={"n": 7}),
            ("task", "b"): Behaviour(returns=lambda attempt: {"m": attempt.args["N"] + 1}),
        },
    ),
    Case(
        "02", "02_failure_handlers.wf", "c02", {"a": OK, "b": FAILED, "h": OK, "f": OK}, state="failed",
        behaviours={("task", "b"): FAIL, **echo("h", "TASK")}, order=("a < b", "b < h", "h < f"), failed_task=("b",),
    ),
    Case(
        "03", "03_retry_succeeds.wf", "c03", {"a": OK, "b": (SUCCEEDED, 3), "c": OK}, inputs={"scratch": SCRATCH},
        behaviours={("task", "b"): Behaviour(fails=2)}, order=("a < b", "b < c"),
    ),
    Case(
        "04", "04_retry_exhausted.wf", "c04", {"b": ("failed", 3)}, state="failed", behaviours={("task", "b"): FAIL},
    ),
    Case(
        "05", "05_timeout.wf", "c05", {"b": ("failed", 2)}, state="failed", inputs={"scratch": SCRATCH}, gone=True,
        behaviours={("task", "b"): Behaviour(takes=30_000)},
    ),
    Case(
        "06", "06_parallel_waits.wf", "c06", {"l": FAILED, "r": OK, "s": OK}, state="failed", order=("r < s",),
        behaviours={("task", "l"): FAIL, ("task", "r"): Behaviour(takes=3000)}, failed_task=("l",),
    ),
    Case(
        "06 fail_fast", "06_parallel_waits.wf", "c06_fail_fast", {"l": FAILED, "r": ("any", None), "s": ("any", None)},
        state="failed", behaviours={("task", "l"): FAIL, ("task", "r"): Behaviour(takes=3000)},
    ),
    Case(
        "07", "07_graph.wf", "c07", {"a": OK, "b": OK, "c": OK, "d": OK, "e": OK},
        behaviours={("task", "b"): Behaviour(takes=3000)},
        order=("a < c", "a < d", "b < d", "a < e", "b < e", "c < e", "d < e"),
    ),
    Case(
        "07 fails", "07_graph.wf", "c07_fails", {"a": FAILED, "b": OK, "g": OK}, state="failed",
        behaviours={("task", "a"): FAIL}, order=("b < g",), failed_task=("a",),
    ),
    Case(
        "08 then", "08_if_else.wf", "c08", {"p": OK, "q": SKIPPED, "r": OK}, inputs={"mode": "x"}, order=("p < r",),
        behaviours=result("p", v="from p") | echo("r", "V"), outputs={"seen": "from p"},
    ),
    Case(
        "08 else", "08_if_else.wf", "c08", {"p": SKIPPED, "q": OK, "r": OK}, inputs={"mode": "y"}, order=("q < r",),
        behaviours=echo("r", "V"), outputs={"seen": "none"},
    ),
    *(
        Case(
            f"09 {word}", "09_match.wf", "c09", inputs={"word": word}, order=("kind < z", f"on_{word} < z"),
            states={
                "kind": OK, "z": OK,
                **{f"on_{other}": OK if other == word else SKIPPED for other in ("bug", "billing", "other")},
            },
            behaviours={("task", "kind"): Behaviour(returns=lambda attempt: {"is": attempt.args["WORD"]})},
        )
        for word in ("bug", "billing", "other")
    ),
    Case(
        "09 misfit", "09_match.wf", "c09", {"kind": FAILED}, state="failed", inputs={"word": "Bug"},
        behaviours={("task", "kind"): Behaviour(returns=lambda attempt: {"is": attempt.args["WORD"]})},
    ),
    Case(
        "10", "10_fallback.wf", "c10", {"g": ("failed", 2), "fallback g": OK, "u": OK}, outputs={"seen": "second"},
        behaviours={("task", "g"): FAIL, ("fallback", "g"): Behaviour(returns={"v": "second"}), **echo("u", "V")},
        order=("g < fallback g", "fallback g < u"),
    ),
    Case(
        "10 value", "10_fallback.wf", "c10_value", {"g": FAILED, "u": OK}, outputs={"seen": "third"},
        behaviours={("task", "g"): FAIL, **echo("u", "V")}, order=("g < u",),
    ),
    Case(
        "10 both fail", "10_fallback.wf", "c10_both_fail", {"g": FAILED, "fallback g": FAILED}, state="failed",
        behaviours={("task", "g"): FAIL, ("fallback", "g"): FAIL},
    ),
    Case(
        "10 good", "10_fallback.wf", "c10_good", {"g": OK, "k": FAILED, "u": OK}, outputs={"seen": "first third"},
        behaviours={
            **result("g", v="first"), ("task", "k"): FAIL,
            ("task", "u"): Behaviour(returns=lambda attempt: {"seen": f"{attempt.args['V']} {attempt.args['W']}"}),
        },
    ),
    Case(
        "11", "11_try_recover.wf", "c11", {"a": OK, "b": FAILED, "r": OK, "d": OK}, behaviours={("task", "b"): FAIL},
        order=("a < b", "b < r", "r < d"),
    ),
    Case("11 good", "11_try_recover.wf", "c11_good", {"a": OK, "d": OK}, order=("a < d",)),
    Case(
        "11 undo", "11_try_recover.wf", "c11_undo", {"a": OK, "b": FAILED, "undo a": OK, "r": OK, "d": OK},
        behaviours={("task", "b"): FAIL}, order=("b < undo a", "undo a < r", "r < d"),
    ),
    Case(
        "12", "12_undo.wf", "c12", {"a": OK, "b": OK, "c": FAILED, "undo b": OK, "undo a": OK, "h": OK}, state="failed",
        inputs={"good": False}, order=("c < undo b", "undo b < undo a", "undo a < h"),
        behaviours={("task", "c"): FAIL, **result("a", id=1), **result("b", id=2)},
    ),
    Case(
        "12 good", "12_undo.wf", "c12", {"a": OK, "b": OK, "c": OK}, inputs={"good": True},
        behaviours={**result("a", id=1), **result("b", id=2)},
    ),
    Case(
        "12 failed undo", "12_undo.wf", "c12_failed_undo", state="failed",
        states={"a": OK, "b": OK, "c": FAILED, "undo b": FAILED, "undo a": OK, "h": OK},
        order=("c < undo b", "undo b < undo a", "undo a < h"), failed_task=("c",),
        behaviours={("task", "c"): FAIL, ("undo", "b"): FAIL},
    ),
    Case(
        "12 itself", "12_undo.wf", "c12_itself", {"a": OK, "b": FAILED, "undo a": OK}, state="failed",
        behaviours={("task", "b"): FAIL}, order=("b < undo a",),
    ),
    Case(
        "12 parallel", "12_undo.wf", "c12_parallel", state="failed", behaviours={("task", "d"): FAIL},
        states={"a": OK, "b": OK, "c": OK, "d": FAILED, "undo a": OK, "undo b": OK, "undo c": OK},
        order=("c < a", "d < undo b", "undo b < undo a", "undo a < undo c"),
    ),
    Case(
        "13", "13_for_one_fails.wf", "c13", state="failed", behaviours=C13, most={"n": 2},
        states={"n/s1[0]": OK, "n/s2[0]": OK, "n/s1[1]": FAILED, "n/s1[2]": OK, "n/s2[2]": OK},
        order=("n/s1[0] < n/s2[0]", "n/s1[2] < n/s2[2]"),
    ),
    Case(
        "13 plain", "13_for_one_fails.wf", "c13_plain", state="failed", behaviours=C13,
        states={"n/s1[0]": OK, "n/s2[0]": OK, "n/s1[1]": FAILED}, order=("n/s2[0] < n/s1[1]",),
    ),
    Case(
        "13 list", "13_for_one_fails.wf", "c13_list", state="failed", behaviours=C13, inputs={"items": [1, 2, 3]},
        states={"n/s1[0]": OK, "n/s2[0]": OK, "n/s1[1]": FAILED}, order=("n/s2[0] < n/s1[1]",),
    ),
    Case(
        "13 guard", "13_for_one_fails.wf", "c13_guard", state="failed", behaviours=C13, inputs={"items": [1, 2, 3]},
        states={
            "n/s0[0]": SKIPPED, "n/s1[0]": OK, "n/s2[0]": OK, "n/s0[1]": OK, "n/s1[1]": FAILED,
        },
        order=("n/s2[0] < n/s0[1]",),
    ),
    Case(
        "13 fallback", "13_for_one_fails.wf", "c13_fallback", state="failed", inputs={"items": [1, 2, 3]},
        behaviours={("task", "s0"): FAIL, **C13},
        states={
            "n/s0[0]": FAILED, "fallback n/s0[0]": OK, "n/s1[0]": OK, "n/s2[0]": OK,
            "n/s0[1]": FAILED, "fallback n/s0[1]": OK, "n/s1[1]": FAILED,
        },
        order=("n/s2[0] < n/s0[1]",),
    ),
    Case(
        "13 try", "13_for_one_fails.wf", "c13_try", most={"n": 2}, outputs={"seen": "[1,0,3]"},
        behaviours={
            ("task", "s1"): Behaviour(returns=lambda attempt: {"v": attempt.args["N"]}), **C13, **echo("z", "LIST"),
        },
        states={"n/s1[0]": OK, "n/s1[1]": FAILED, "n/s1[2]": OK, "n/note[1]": OK, "z": OK},
        order=("n/s1[1] < n/note[1]", "n/s1[0] < z", "n/note[1] < z", "n/s1[2] < z"),
    ),
    *(
        Case(
            f"14{variant and ' max'}", "14_for_results.wf", f"c14{variant}", inputs={"letters": ["a", "b", "c", "a"]},
            states={**{f"x/t[{n}]": OK for n in range(4)}, "z": OK}, outputs={"seen": "A,B,C,A"},
            behaviours={
                ("task", "t"): Behaviour(returns=lambda attempt: {"u": str(attempt.args["X"]).upper()}),
                **echo("z", "LIST"),
            },
            order=tuple(f"x/t[{n}] < z" for n in range(4)),
        )
        for variant in ("", "_max")
    ),
    Case("15", "15_for_nothing.wf", "c15", {"z": OK}, inputs={"items": []}),
    Case("15 max", "15_for_nothing.wf", "c15_max", {"z": OK}, inputs={"items": []}),
    Case("16", "16_finally.wf", "c16", {"a": OK, "b": OK, "f": OK}, order=("a < b", "b < f")),
    Case(
        "16 fails", "16_finally.wf", "c16_fails", {"a": OK, "f": FAILED}, state="failed",
        behaviours={("task", "f"): FAIL}, order=("a < f",),
    ),
    Case("17 no", "17_guard.wf", "c17", {"g": SKIPPED, "z": OK}, inputs={"go": False}),
    Case("17 yes", "17_guard.wf", "c17", {"g": OK, "z": OK}, inputs={"go": True}, order=("g < z",)),
    Case(
        "18", "18_until.wf", "c18", {"t": (SUCCEEDED, 3), "z": OK}, inputs={"scratch": SCRATCH}, order=("t < z",),
        behaviours={("task", "t"): Behaviour(returns=lambda attempt: {"n": attempt.number}, takes=100)},
    ),
    Case(
        "18 never", "18_until.wf", "c18_never", {"t": ("failed", None)}, state="failed",
        behaviours={("task", "t"): Behaviour(returns={"n": 1}, takes=100)},
    ),
    Case("19 approved", "19_approve.wf", "c19", {"go": OK, "z": OK}, decision="approved", order=("go < z",)),
    Case(
        "19 rejected", "19_approve.wf", "c19", {"go": FAILED}, state="failed", decision="rejected",
        behaviours={("task", "go"): Behaviour(decision=Decision(False))},
    ),
    *(
        Case(
            f"20 {name}", "20_hostile_values.wf", "c20", {"s": OK, "h": OK, "p": OK}, inputs={"v": value, "url": URL},
            behaviours={("task", "s"): Behaviour(returns=hashed), ("task", "p"): Behaviour(returns=hashed)},
            outputs={"shell_sha": sha(value), "python_sha": sha(value)}, http={"/body": ((200, {}, {}),)},
            bodies={"/body": {"v": value}}, calls={"/body": 1}, absent=("pwned",),
        )
        for name, value in HOSTILE.items()
    ),
    Case("21 stop", "21_stop.wf", "c21", {"a": OK, "f": OK}, inputs={"done": True}, order=("a < f",)),
    Case("21 go on", "21_stop.wf", "c21", {"a": OK, "z": OK, "f": OK}, inputs={"done": False}, order=("z < f",)),
    Case(
        "22", "22_subflow.wf", "c22", {"call": OK, "z": OK}, inputs={"n": 2}, outputs={"seen": 4}, order=("call < z",),
        behaviours={
            ("task", "d"): Behaviour(returns=lambda attempt: {"m": attempt.args["N"] * 2}), **echo("z", "T"),
        },
    ),
    Case(
        "22 child fails", "22_subflow.wf", "c22", {"call": FAILED}, state="failed", inputs={"n": -1},
        behaviours={("task", "d"): FAIL},
    ),
    Case(
        "22 no result", "22_subflow.wf", "c22_no_result", {"a": FAILED, "f": OK}, state="failed",
        behaviours={("task", "t"): FAIL},
    ),
    Case(
        "23", "23_workspace.wf", "c23", {"w/a": OK, "w/b": OK}, behaviours=result("b", text="hello"),
        outputs={"text": "hello"}, order=("w/a < w/b",),
    ),
    Case(
        "24", "24_file_value.wf", "c24", {"maker/a": OK, "reader/b": OK}, order=("maker/a < reader/b",),
        behaviours=result("a", r="r.bin") | result("b", sha=hashlib.sha256(b"x\0y\r\n\xff").hexdigest()),
        outputs={"sha": hashlib.sha256(b"x\0y\r\n\xff").hexdigest()},
    ),
    Case(
        "25", "25_nested.wf", "c25",
        states={**{f"r/s/t[{r}][{s}]": OK for r in (0, 1) for s in (0, 1)}, "r/u[0]": OK, "r/u[1]": OK, "z": OK},
        order=("r/s/t[0][0] < r/s/t[0][1]", "r/s/t[0][1] < r/u[0]", "r/u[0] < r/s/t[1][0]", "r/s/t[1][1] < r/u[1]",
               "r/u[1] < z"),
    ),
    Case(
        "26", "26_undo_in_loop.wf", "c26", state="failed", behaviours=C26,
        states={"r/t[0]": OK, "r/t[1]": OK, "r/t[2]": FAILED, "undo r/t[1]": OK, "undo r/t[0]": OK, "h": OK},
        order=("r/t[2] < undo r/t[1]", "undo r/t[1] < undo r/t[0]", "undo r/t[0] < h"),
    ),
    Case(
        "26 max", "26_undo_in_loop.wf", "c26_max", state="failed", behaviours=C26, most={"r": 1},
        states={"r/t[0]": OK, "r/t[1]": OK, "r/t[2]": FAILED, "undo r/t[1]": OK, "undo r/t[0]": OK},
        order=("r/t[2] < undo r/t[1]", "undo r/t[1] < undo r/t[0]"),
    ),
    Case(
        "27", "27_budget.wf", "c27", {"a": ("failed", None), "f": OK}, state="failed", inputs={"scratch": SCRATCH},
        behaviours={("task", "a"): Behaviour(takes=60_000)}, gone=True, order=("a < f",),
    ),
    Case(
        "28", "28_holds.wf", "c28", {"t": ("failed", 3)}, state="failed", inputs={"scratch": SCRATCH},
        behaviours={
            ("task", "t"): Behaviour(returns=lambda attempt: {"rate": 9 if attempt.number > 2 else 1}, takes=100),
        },
    ),
    Case(
        "29", "29_http_result.wf", "c29", {"g": OK, "z": OK}, inputs={"url": URL}, outputs={"seen": '2 200 "v1" 1'},
        behaviours={
            ("task", "g"): Behaviour(returns={"status": 200, "headers": {"etag": '"v1"'}, "body": GOOD}),
            ("task", "z"): Behaviour(returns=lambda a: {
                "seen": f"{a.args['TOTAL']} {a.args['STATUS']} {a.args['ETAG']} {a.args['FIRST']}",
            }),
        },
        http={"/items": ((200, GOOD, {"ETag": '"v1"'}),)}, calls={"/items": 1},
    ),
    Case(
        "29 misfit", "29_http_result.wf", "c29", {"g": FAILED}, state="failed", inputs={"url": URL},
        behaviours={("task", "g"): Behaviour(returns={"status": 200, "headers": {}, "body": {"total": "two"}})},
        http={"/items": ((200, {"total": "two"}, {}),)}, calls={"/items": 1},
    ),
    Case(
        "30", "30_http_transient.wf", "c30", {"g": (SUCCEEDED, 3)}, inputs={"url": URL}, outputs={"total": 2},
        behaviours={
            ("task", "g"): Behaviour(fails=2, status=503, returns={"status": 200, "headers": {}, "body": GOOD}),
        },
        http={"/later": ((503, {}, {"Retry-After": "2"}), (429, {}, {}), (200, GOOD, {}))}, calls={"/later": 3},
        least_gap={"/later": 2.0},
    ),
    Case(
        "31", "31_http_permanent.wf", "c31", {"g": FAILED, "h": OK}, state="failed", inputs={"url": URL},
        behaviours={("task", "g"): Behaviour(fails=None, status=404), **result("h", told="yes")},
        http={"/missing": ((404, {"why": "no such thing"}, {}),)}, calls={"/missing": 1}, failed_task=("g",),
    ),
    Case(
        "32", "32_http_post.wf", "c32", {"g": FAILED}, state="failed", inputs={"url": URL},
        behaviours={("task", "g"): Behaviour(fails=None, status=503)},
        http={"/once": ((503, {}, {}),)}, calls={"/once": 1}, bodies={"/once": {"n": 1}},
    ),
    Case(
        "32 keyed", "32_http_post.wf", "c32_keyed", {"g": (SUCCEEDED, 3)}, inputs={"url": URL, "order": "77"},
        behaviours={("task", "g"): Behaviour(fails=2, status=503)}, calls={"/keyed": 3}, bodies={"/keyed": {"n": 1}},
        http={"/keyed": ((503, {}, {}), (503, {}, {}), (200, {}, {}))},
        headers={"/keyed": {"idempotency-key": "order-77"}},
    ),
    *(
        Case(
            f"33 {name}", "33_sql.wf", "c33", {"put": OK, "get": OK, "z": OK}, inputs={"v": HOSTILE[name]},
            secrets={"pg_url": "$PG_URL"}, outputs={"rows": 1, "name": HOSTILE[name]}, order=("put < get", "get < z"),
            behaviours=result("put", rows=1) | {
                ("task", "get"): Behaviour(returns=lambda attempt: [{"id": 1, "name": attempt.args["name"]}]),
                ("task", "z"): Behaviour(returns=given),
            },
        )
        for name in ("sql", "braces", "github", "quotes", "lines", "emoji", "percent", "long")
    ),
    Case(
        "33 several", "33_sql.wf", "c33_several", inputs={"v": "it's; :name"}, secrets={"pg_url": "$PG_URL"},
        states={"put": OK, "bad": FAILED, "note": OK, "get": OK}, outputs={"rows": 2, "names": "it's; :name,a;b"},
        behaviours=result("put", rows=2) | {
            ("task", "bad"): FAIL,
            ("task", "get"): Behaviour(returns=[{"name": "it's; :name"}, {"name": "a;b"}]),
        },
        order=("put < bad", "bad < note", "note < get"),
    ),
    Case(
        "33 signs", "33_sql.wf", "c33_signs", {"put": OK, "get": OK}, inputs={"v": "it's 5 %; :n"},
        secrets={"pg_url": "$PG_URL"}, order=("put < get",), behaviours=result("put", rows=1) | {
            ("task", "get"): Behaviour(returns=[{
                "firsts": "a,b", "slice": "b", "number": 3, "given": "it's 5 %; :n", "escaped": "it's :v; %",
                "quoted": ":vx", "name": "it's :v; 5 %", "rest": 3,
            }]),
        },
        outputs={"rows": 1, "texts": "a,bbit's 5 %; :nit's :v; %:vxit's :v; 5 %", "numbers": 6},
    ),
    Case(
        "33 misfit", "33_sql.wf", "c33_misfit", {"get": FAILED}, state="failed", secrets={"pg_url": "$PG_URL"},
        behaviours={("task", "get"): Behaviour(returns=[{"id": 1, "name": 2}])},
    ),
    Case(
        "34", "34_python.wf", "c34", {"p": OK}, inputs=INPUTS_34, behaviours={("task", "p"): Behaviour(returns=given)},
        outputs=INPUTS_34,
    ),
    _llm("35 prose first", ((200, MISFIT, {}), (200, FIT, {})), 1, states={"m": (SUCCEEDED, 2)},
         calls={"/llm/chat/completions": 2}, outputs={"first": "7"}),
    _llm("35 fits at once", ((200, FIT, {}),), 0, states={"m": OK}, calls={"/llm/chat/completions": 1}),
    _llm("35 never", ((200, MISFIT, {}),), None, states={"m": ("failed", 2)}, state="failed",
         calls={"/llm/chat/completions": 2}),
    Case(
        "36", "36_expressions.wf", "c36", inputs=INPUTS_36, http={"/body": ((200, {}, {}),)}, calls={"/body": 1},
        states={"src": OK, "args": OK, "env": OK, "post": OK, "big": OK, **{f"id/each[{n}]": OK for n in range(3)}},
        behaviours={
            ("task", "src"): Behaviour(returns=given), ("task", "args"): Behaviour(returns=given),
            ("task", "env"): Behaviour(returns={"seen": "3.5 1e-07 14"}),
            ("task", "each"): Behaviour(returns=lambda attempt: {"v": attempt.args["ID"]}),
        },
        bodies={"/body": {"half": 3.5, "before": "2026-02-28", "who": WHO}},
        outputs={
            "half": 3.5, "floor": -4, "before": "2026-02-28", "text": f"half of 7 is 3.5, of {WHO}",
            "ids": ["x", "y", "w"], "best": "y", "given": "none", "seen": "3.5 1e-07 14", "each": "x-15 y-15 w-15",
        },
    ),
    Case(
        "36 small", "36_expressions.wf", "c36", inputs={**INPUTS_36, "n": 6, "rows": []},
        http={"/body": ((200, {}, {}),)}, states={"src": OK, "args": OK, "env": OK, "post": OK, "big": SKIPPED},
        behaviours={
            ("task", "src"): Behaviour(returns=given), ("task", "args"): Behaviour(returns=given),
            ("task", "env"): Behaviour(returns={"seen": "3.0 8.571428571428572e-08 14"}),
        },
        bodies={"/body": {"half": 3.0, "before": "2026-02-28", "who": WHO}},
        outputs={
            "half": 3.0, "floor": -3, "before": "2026-02-28", "text": f"half of 6 is 3.0, of {WHO}", "ids": [],
            "best": "none", "given": "none", "seen": "3.0 8.571428571428572e-08 14", "each": "",
        },
    ),
    Case(
        "36 fails", "36_expressions.wf", "c36_fails", {"a": ("failed", 0), "h": OK}, state="failed", inputs={"n": 0},
        order=("a < h",),
    ),
    Case(
        "41", "41_failure_values.wf", "c41", {"a": OK, "b": FAILED, "r": OK, "d": OK}, order=("b < r", "r < d"),
        behaviours={("task", "b"): FAIL, **echo("r", "TASK")},
    ),
    Case(
        "41 loop", "41_failure_values.wf", "c41_loop", inputs={"items": [1, 4]}, outputs={"seen": "big odd"},
        states={
            "item/odd[0]": OK, "item/big[0]": FAILED, "item/r[0]": OK, "item/odd[1]": FAILED, "item/big[1]": OK,
            "item/r[1]": OK,
        },
        behaviours={("task", "big", (0,)): FAIL, ("task", "odd", (1,)): FAIL, **echo("r", "TASK")},
    ),
    Case(
        "41 arm taken", "41_failure_values.wf", "c41_arm", {"a": OK, "d": OK}, inputs={"x": True},
    ),
    Case(
        "41 arm not taken", "41_failure_values.wf", "c41_arm", {"a": SKIPPED, "r": SKIPPED, "d": OK},
        inputs={"x": False},
    ),
    Case(
        "41 handler", "41_failure_values.wf", "c41_handler", state="failed", order=("i < undo h", "undo h < r"),
        states={"a": FAILED, "h": OK, "i": FAILED, "undo h": OK, "r": OK, "last": OK},
        behaviours={("task", "a"): FAIL, ("task", "i"): FAIL, **echo("r", "TASK")},
    ),
    *(
        Case(
            f"41 fallback {'fails too' if both else 'helps'}", "41_failure_values.wf", "c41_fallback", state="failed",
            states={
                "a": FAILED, "fallback a": FAILED if both else OK, **({} if both else {"b": FAILED}), "h": OK, "i": OK,
            },
            inputs={"both": both}, failed_task=("a" if both else "b",),
            behaviours={
                ("task", "a"): FAIL, ("task", "b"): FAIL, **echo("h", "TASK"),
                **({("fallback", "a"): FAIL} if both else {}),
            },
        )
        for both in (False, True)
    ),
    Case(
        "41 guarded", "41_failure_values.wf", "c41_guarded", {"p": SKIPPED, "a": SKIPPED, "b": OK, "d": OK},
        inputs={"x": False},
    ),
    Case(
        "41 until", "41_failure_values.wf", "c41_until", {"a": ("failed", None), "b": OK},
        behaviours={("task", "a"): Behaviour(returns={"n": 1}, takes=100)},
    ),
    Case(
        "41 holds", "41_failure_values.wf", "c41_holds", {"a": FAILED, "fallback a": OK, "b": OK},
        behaviours={**result("a", n=1), ("fallback", "a"): Behaviour(returns={"n": 2})},
    ),
    Case(
        "41 finally", "41_failure_values.wf", "c41_finally", order=("i < undo h", "undo h < r"),
        states={"a": OK, "h": OK, "i": FAILED, "undo h": OK, "r": OK}, behaviours={("task", "i"): FAIL},
    ),
    Case(
        "43", "43_no_result.wf", "c43", {"a": FAILED, "r": OK, "d": OK}, order=("a < r", "r < d"),
        behaviours={("task", "a"): FAIL, ("task", "r"): Behaviour(returns=lambda attempt: {"seen": attempt.args["V"]})},
    ),
    Case(
        "43 retried", "43_no_result.wf", "c43_retried", {"a": ("failed", 2), "h": OK, "f": OK}, state="failed",
        behaviours={("task", "a"): FAIL, ("task", "h"): Behaviour(returns=lambda attempt: {"seen": attempt.args["V"]})},
    ),
    *(
        Case(
            f"43 {kind}", "43_no_result.wf", f"c43_{kind}", {"a": ("failed", None), "f": OK}, state="failed",
            behaviours={("task", "a"): Behaviour(returns={"v": 5}, takes=100)},
        )
        for kind in ("until", "holds")
    ),
    Case(
        "43 python", "43_no_result.wf", "c43_python", {"a": FAILED, "f": OK}, state="failed",
        behaviours={("task", "a"): Behaviour(returns={"v": 5, "w": "five"})},
    ),
    Case(
        "44", "44_own_texts.wf", "c44", {"word": OK, "open": OK, "print": OK, "len": OK},
        behaviours={
            **result("word", v=""), **result("open", v=SHELL_44), **result("print", v=PYTHON_44),
            ("task", "len"): Behaviour(returns=lambda attempt: {"v": "|".join(attempt.args[name] for name in "ABC")}),
        },
        outputs={
            "shell": SHELL_44, "python": PYTHON_44,
            "both": f"|{{{{ {SHELL_44.upper()} }}}}|${{{{ github.token }}}}{SHELL_44}",
            "list": [SHELL_44.upper(), "A"],
        },
    ),
    Case(
        "45", "45_secret_items.wf", "c45", {"d/t[0]": OK, "d/u[0]": OK, "d/t[1]": OK, "d/u[1]": OK},
        secrets={"first_key": "k-1", "second_key": "k-$2"},
        inputs={"wanted": [sha("k-1"), sha("k-$2"), sha("<k-1>"), sha("<k-$2>")]},
    ),
    Case(
        "38", "38_budget_handlers.wf", "c38", state="failed", order=("b < undo a", "undo a < h", "h < f"),
        states={"a": OK, "b": FAILED, "undo a": OK, "h": OK, "f": OK},
        behaviours={
            **result("a", n=7), ("task", "b"): FAIL,
            ("task", "h"): Behaviour(returns=lambda attempt: {"seen": f"{attempt.args['TASK']} {attempt.args['N']}"}),
        },
    ),
    Case(
        "38 cut", "38_budget_handlers.wf", "c38_cut", state="failed", order=("b < undo a", "undo a < h", "h < f"),
        states={"a": OK, "b": ("failed", None), "undo a": OK, "h": OK, "f": OK},
        behaviours={**result("a", n=7), ("task", "b"): Behaviour(takes=60_000), **echo("h", "TASK")},
    ),
    Case(
        "38 well", "38_budget_handlers.wf", "c38_well", {"a": OK, "f": OK}, outputs={"n": 8},
        behaviours=result("a", n=7),
    ),
    Case(
        "39", "39_undo_nested.wf", "c39", state="failed", inputs={"items": [4, 5]},
        states={
            "base": OK, "i/o[0]": OK, "i/j/t[0][0]": OK, "i/j/t[0][1]": OK, "i/o[1]": OK, "i/j/t[1][0]": OK,
            "i/j/t[1][1]": FAILED, "undo i/j/t[1][0]": OK, "undo i/o[1]": OK, "undo i/j/t[0][1]": OK,
            "undo i/j/t[0][0]": OK, "undo i/o[0]": OK,
        },
        order=(
            "i/j/t[1][1] < undo i/j/t[1][0]", "undo i/j/t[1][0] < undo i/o[1]",
            "undo i/j/t[0][1] < undo i/j/t[0][0]", "undo i/j/t[0][0] < undo i/o[0]",
        ),
        behaviours={
            **result("base", word="root"),
            ("task", "o"): Behaviour(returns=lambda attempt: {"seen": f"root-{attempt.args['I']}"}),
            ("task", "t"): Behaviour(returns=lambda attempt: {"seen": f"{attempt.args['O']}-{attempt.args['J']}"}),
            ("task", "t", (1, 1)): FAIL,
        },
    ),
    Case(
        "42 stopped", "42_stop_then_finally_fails.wf", "c42", {"a": OK, "f": FAILED}, state="failed",
        inputs={"enough": True}, behaviours={("task", "f"): FAIL},
    ),
    Case(
        "42 not stopped", "42_stop_then_finally_fails.wf", "c42", {"a": OK, "b": OK, "f": FAILED}, state="failed",
        inputs={"enough": False}, behaviours={("task", "f"): FAIL},
    ),
)  # fmt: skip
"""Every case; `[case for case in CASES if case.number <= 28]` needs no web server but for 20."""

BY_NAME = {case.name: case for case in CASES}
