"""A chain of expressions, each over the one before, costs so much a link: each operator and function, on each target.

Calls of functions are counted and texts are measured, never time. An operand that is written twice doubles both with
each link, and a chain of 60 never ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import wfc_targets
from counting import counted
from wfc.functions import FUNCTIONS
from wfc.pipeline import compile_flow, load_texts

if TYPE_CHECKING:
    from wfc.pipeline import Loaded
    from wfc.target import Compiled

INPUTS = """
  input n: int
  input x: float
  input s: string
  input o: string?
  input b: bool
  input c: bool
  input ns: list<int>
  input j: json
  input m: map<string>
  input d: date
  input t: datetime
  input ot: datetime?
  input ts: list<datetime>
  input r: duration
"""

FORMS = {
    "n": """abs(X); -X; X + 1; 1 - X; X * 1; X // 2; X % 7; min(X, 7); max(7, X); min([X, 1]) ?? 0; max([1, X]) ?? 0;
        sum([X, 1]); round(X + 0.5); len([X]); len("{X}"); [X, 1][0]; [1, 2][X]; len(ns[X:]); len(ns[:X]);
        seconds(X * 1s); minutes(X * 1m); weekday(d + X * 1d); (d + X * 1d).year; len(fixed(1.5, X));
        len(text(t + X * 1s, "UTC")); sum(i + X for i in ns); max_by(i + X for i in ns) ?? 1; len([X + i for i in ns]);
        min_by(i - X for i in ns) ?? 1""",
    "x": "X / 1.5; X // 1.5; round(X, 2); sum([X, 1.5]); 0.5 + len(fixed(X, 2)); abs(X)",
    "s": """lower(X); upper(X); trim(X); join(split(X, ","), "-"); join(split("a", X), ""); join(["a", "b"], X);
        replace(X, "a", "b"); replace("q", X, "b"); replace("q", "a", X); "{X}a"; X + "a"; "a" + X; json(X); o ?? X;
        json({ a: X }); if b then X else "a"; if b then "a" else X; m[X]; first([X]) ?? "a"; last([X]) ?? "a";
        {a: X}.a""",
    "o": """first([X]); last([X]); first([X]) ?? null; if {a: X} == {a: o} then "a" else null; {a: X}.a;
        {a: X, b: null}.a; if X == null then o else X0; if b then X else null""",
    "b": """not X; X and b; b or X; (X or b) and c; X == b; b != X; X in [b, c]; b not in [X, c];
        (if X then 1 else 2) < 2; if X then b else c; any(X for i in ns); all(X for i in ns);
        len([i for i in ns if X]) > 1; {a: X} == {a: b}; starts_with(if X then "a" else "b", "a");
        ends_with("ab", if X then "a" else "b");
        (if X then t else t) == t; contains(if X then "a" else "b", "a"); contains("ab", if X then "a" else "b");
        (if X then 1 else 2) == 2""",
    "ns": """X[0:1]; X + [1]; [i + 1 for i in X]; [i for i in X if i > 1]; sort_by(-i for i in X if i > 1);
        [max_by(i % 3 for i in X) ?? 1]; [min_by(i % 3 for i in X) ?? 1]""",
    "j": 'X.a; X["a"]; X ?? j; parse_json(json(X)); if X == j then j else X0',
    "d": 'X + 1d; X - 1d; date(t + (X - d), "UTC")',
    "t": "X + 1s; X - 1s; min(X, t); max([X, t]) ?? t; if X < t then t else t; max_by(i for i in [X, t]) ?? t",
    "ot": "if X == t then t else null; if t != X then t else null; if X == null then t else null; first([X]) ?? t",
    "ts": "if t in X then [t] else []; sort_by(i for i in X)",
    "r": "X + 1s; X * 2; (d - d) + X; (d + X) - d; (t + X) - t; abs(X)",
}
"""By the input that a chain begins with: what stands for each link. X is the link before, X0 the input."""

CASES = [(start, " ".join(form.split())) for start, forms in FORMS.items() for form in forms.split(";")]


def chain(start: str, form: str, links: int) -> Loaded:
    """The project of one flow with so many lets, each of the one before, the last of which is sent somewhere."""
    text = f"flow f {{{INPUTS}  let v_0 = {start}\n"
    for n in range(1, links + 1):
        text += f"  let v_{n} = {form.replace('X0', start).replace('X', f'v_{n - 1}')}\n"
    text += f'  task send = http.post(url: "https://a.example.com", json: {{ value: v_{links} }})\n}}\n'
    loaded = load_texts([("flow.wf", text)])
    assert not loaded.diagnostics, loaded.diagnostics[0]
    return loaded


def cost(start: str, form: str, links: int, target: str) -> tuple[int, int]:
    """How many functions compiling a chain calls, Python's own included, and the characters of all files."""
    loaded, module = chain(start, form, links), wfc_targets.load(target)
    made: list[Compiled] = []
    count = counted(lambda: made.append(compile_flow(loaded.project, loaded.project.flows[0], module)))
    return count, sum(len(artifact.text) for artifact in made[0].artifacts)


@pytest.mark.parametrize("target", wfc_targets.NAMES)
@pytest.mark.parametrize(("start", "form"), CASES)
def test_a_link_costs_what_the_one_before_costs(start: str, form: str, target: str) -> None:
    cost(start, form, 2, target)  # what is loaded once
    costs = [cost(start, form, links, target) for links in (2, 7, 12)]
    for least, less, more in zip(*costs, strict=True):
        # up to the square of the links, for a text is put together from the inside out; doubling would be 32 times
        assert more - less <= 3.5 * (less - least) + 100


def test_every_function_is_in_a_chain() -> None:
    assert {name for name in FUNCTIONS if not any(f"{name}(" in form for _, form in CASES)} == set()
