"""What a flow becomes as the text of a DAG, what Airflow can't do, and the parts that the text is made of."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from wfc.pipeline import has_errors, load_texts
from wfc.target import FEATURES, Compiled
from wfc.types import BOOL, DATE, FLOAT, INT, STRING, EnumType, ListType, MapType, OptionalType, RecordType
from wfc_targets.airflow import TARGET
from wfc_targets.airflow.edges import edge_lines
from wfc_targets.airflow.flow import helper
from wfc_targets.airflow.graph import children, followed, last_of
from wfc_targets.airflow.kinds import schema, type_value
from wfc_targets.airflow.model import ALL_DONE, Draft
from wfc_targets.common.python_source import inline


def compiled(text: str) -> Compiled:
    """The last flow of a text, on Airflow."""
    loaded = load_texts([("f.wf", text)])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    return TARGET.compile(loaded.project, loaded.project.flows[-1], "3.3")


def dag(body: str) -> str:
    """The DAG file of a flow with this body."""
    found = compiled("flow f {\n" + body + "\n}")
    assert found.artifacts, found.diagnostics
    return found.artifacts[0].text


def calls(text: str) -> dict[str, dict[str, str]]:
    """The arguments of each `name = call(…)` in a file, as source."""
    return {
        ast.unparse(node.targets[0]): {word.arg: ast.unparse(word.value) for word in node.value.keywords if word.arg}
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
    }


def edges(text: str) -> list[str]:
    """The lines that say what follows what."""
    return [line.strip() for line in text.splitlines() if " >> " in line and "=" not in line]


# --- order, conditions, failures ---


def test_a_result_is_handed_on_by_reference() -> None:
    text = dag('task a = shell("x") -> { n: int } task b = shell("y", env: { N: a.n, D: "at {run.id}" })')
    assert calls(text)["b"]["env"] == "{'N': a.output['n'], 'D': 'at {{ run_id }}'}"
    assert edges(text) == ["a >> b"]


def test_a_branch_names_what_it_leads_to() -> None:
    text = dag('input x: bool if x { task p = shell("p") } else { task q = shell("q") } task r = shell("r")')
    assert 'return "p"' in text
    assert 'return "q"' in text
    assert edges(text) == ["if_p >> [p, q]", "[p, q] >> r"]
    assert calls(text)["r"]["trigger_rule"] == "'none_failed'"


def test_a_fallback_asks_how_the_call_ended() -> None:
    text = dag('task a = shell("a") task g = shell("g") fallback shell("h") task u = shell("u")')
    assert calls(text)["g_fallback"]["pre_execute"] == "wfc.only_if(wfc.failed('g'))"
    assert calls(text)["g_fallback"]["trigger_rule"] == "'all_done'"
    assert edges(text) == ["a >> g >> g_fallback", "[g_fallback, a] >> u"]


def test_what_stands_behind_a_handled_task_decides_about_the_run() -> None:
    text = dag('task a = shell("a") task g = shell("g") fallback shell("h")')
    assert calls(text)["done"]["trigger_rule"] == "'none_failed'"
    assert "done" not in dag('task a = shell("a") task g = shell("g")')


def test_a_recovery_reads_what_failed_in_its_try() -> None:
    text = dag("""
      try { task a = shell("a") task b = shell("b") } recover {
        task r = shell("r", env: { WHY: "{failure.task}: {failure.message}" })
      }
    """)
    assert """wfc.first_failure(context, "a", "b")["message"]""" in text
    assert "on_failure_callback" in text


def test_a_recovery_in_a_mapped_loop_asks_for_its_own_item() -> None:
    text = dag("""
      input items: list<int>
      for item in items max 2 {
        try { task a = shell("a") } recover { task r = shell("r", env: { TASK: failure.task }) }
      }
    """)
    assert 'wfc.first_failure(context, "a", here=True)["task"]' in text


def test_a_loop_in_a_recovery_asks_for_any_item() -> None:
    text = dag("""
      try { task a = shell("a") } recover { for item in [1, 2] max 2 { task r = shell("r", env: { I: item }) } }
    """)
    assert 'wfc.failed("a", anywhere=True)' in text


def test_a_task_may_be_called_outputs() -> None:
    text = dag("""
      task outputs = shell("x") -> { n: int }
      output n: int = outputs.n
      on failure { task h = shell("h", env: { WHY: failure.task }) }
    """)
    assert "outputs_ = wfc.Shell(" in text
    assert 'wfc.result(context, "outputs_")' in text
    assert len(re.findall(r"^    def outputs", text, re.MULTILINE)) == 1
    assert 'names={"outputs_": "outputs"}' in text


def test_no_task_is_called_as_airflow_calls_an_item() -> None:
    text = dag("""
      input items: list<int>
      task ship_1 = shell("a")
      for item in items max 2 { task ship = shell("b", env: { I: item }) }
      task ship_2 = shell("c")
    """)
    assert set(re.findall(r'task_id="(ship.*?)"', text)) == {"ship_1", "ship_", "ship_2"}


def test_a_task_may_be_called_as_a_function_in_front_of_another() -> None:
    text = dag("""
      input x: bool
      task a_when = shell("a") -> { n: int }
      task a = shell("b") when x
      task b = shell("c", env: { N: a_when.n })
    """)
    assert "def a_when_(context):" in text


def test_an_undo_in_a_handlers_try_is_kept() -> None:
    text = dag("""
      task a = shell("a")
      on failure { try { task h = shell("h") undo shell("u") task i = shell("i") } recover { } }
    """)
    assert calls(text)["h_undo"]["pre_execute"] == "wfc.only_if(wfc.failed('h', 'i'), wfc.succeeded('h'))"


def test_undo_goes_backwards_behind_the_gate() -> None:
    text = dag('task a = shell("a") undo shell("x") task b = shell("b") undo shell("y") task c = shell("c")')
    assert edges(text)[0] == "a >> b >> c >> failure >> b_undo"
    assert calls(text)["a_undo"]["pre_execute"] == "wfc.only_if(wfc.succeeded('a'))"


def test_plain_finally_is_a_teardown() -> None:
    assert ".as_teardown()" in dag('task a = shell("a") finally { task f = shell("f") }')


def test_every_dag_says_that_it_retries_nothing_by_itself() -> None:
    assert '"retries": 0' in dag('task a = shell("a")')


def test_retry_and_timeout() -> None:
    text = dag('task a = shell("a") retry exponential(attempts: 4, first: 2s, max: 1m) timeout 5m effect safe "x"')
    found = calls(text)["a"]
    assert {key: found[key] for key in ("retries", "retry_delay", "max_retry_delay", "execution_timeout")} == {
        "retries": "3",
        "retry_delay": "timedelta(seconds=2)",
        "max_retry_delay": "timedelta(minutes=1)",
        "execution_timeout": "timedelta(minutes=5)",
    }


# --- loops ---


def test_a_concurrent_loop_is_mapped() -> None:
    text = dag('for x in ["a", "b"] max 2 { task t = shell("x", env: { X: x }) }')
    assert calls(text)["for_x"] == {"x": "['a', 'b']"}
    assert "max_active_tis_per_dagrun=2" in text


def test_two_bounded_loops_have_a_pool_each() -> None:
    body = 'for {v} in [1, 2, 3] max 2 {{ task {v}1 = shell("x") task {v}2 = shell("x") }}'
    found = compiled("flow f { parallel { " + body.format(v="a") + body.format(v="b") + " } }")
    pools = next(item.text for item in found.artifacts if item.path == "f.pools.json")
    assert {"f_for_a", "f_for_b"} == set(ast.literal_eval(pools.replace("false", "False")))


def test_a_plain_loop_over_a_list_of_run_time_waits_in_turn() -> None:
    text = dag('input xs: list<int> for x in xs { task a = shell("x") task b = shell("y") }')
    assert calls(text)["a"]["pre_execute"] == "wfc.only_if(wfc.in_turn('b'))"


def test_constant_nested_loops_are_written_out() -> None:
    text = dag('for r in ["eu", "us"] { for s in ["a", "b"] { task t = shell("x", env: { R: r, S: s }) } }')
    assert edges(text) == ["t_eu_a >> t_eu_b >> t_us_a >> t_us_b"]


# --- triggers, inputs ---


@pytest.mark.parametrize(
    ("trigger", "schedule"),
    [
        ("", "None"),
        ("on manual()", "None"),
        ('on schedule("0 2 * * *")', "'0 2 * * *'"),
        (
            'on schedule("0 2 * * *", timezone: "Europe/Berlin")',
            "CronTriggerTimetable('0 2 * * *', timezone='Europe/Berlin')",
        ),
    ],
)
def test_schedules(trigger: str, schedule: str) -> None:
    text = dag(trigger + ' task a = shell("a")')
    found = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.With))
    call: Any = found.items[0].context_expr
    assert next(ast.unparse(word.value) for word in call.keywords if word.arg == "schedule") == schedule


def test_another_flow_is_an_asset() -> None:
    text = 'flow a {{ {0} task x = shell("x") }} flow b {{ {1} task y = shell("y") }}'
    assert 'schedule=[Asset("wfc://flow/a")]' in compiled(text.format("", "on flow(a)")).artifacts[0].text
    assert 'outlets=[Asset("wfc://flow/b")]' in compiled(text.format("on flow(b)", "")).artifacts[0].text


@pytest.mark.parametrize(
    ("declared", "param"),
    [
        ("n: int", "Param(type='integer')"),
        ("n: int = 3", "Param(3, type='integer')"),
        ("n: string?", "Param(None, type=['string', 'null'])"),
        ('n: "a" | "b" = "a"', "Param('a', type='string', enum=['a', 'b'])"),
        ("n: list<int> = [1]", "Param([1], type='array', items={'type': 'integer'})"),
        ("n: date = run.date", "Param(None, type=['string', 'null'], format='date')"),
    ],
)
def test_inputs_are_params(declared: str, param: str) -> None:
    assert f"params={{'n': {param}}}" in ast.unparse(ast.parse(dag(f"input {declared} " + 'task a = shell("a")')))


# --- what Airflow can't do ---


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('parallel fail_fast { task a = shell("a") task b = shell("b") }', "fail_fast"),
        ('concurrency 1 skip task a = shell("a")', "concurrency"),
        ('on schedule("0 2 * * *") input n: int task a = shell("a")', "no default"),
        ('task a = shell("a", image: "x:1")', "image"),
        ('on failure { stop "x" } ', "stop"),
        (
            'input xs: list<list<int>> for x in xs max 2 { for y in x max 2 { task a = shell("a") } }',
            "a loop over a list of run time inside another one",
        ),
    ],
)
def test_refused(body: str, words: str) -> None:
    loaded = load_texts([("f.wf", "flow f { " + ('task z = shell("z") ' if "stop" in body else "") + body + " }")])
    found = TARGET.compile(loaded.project, loaded.project.flows[0], "3.3")
    assert found.artifacts == ()
    assert [item.code for item in found.diagnostics] == ["WF951"]
    assert words in found.diagnostics[0].message
    assert found.diagnostics[0].help


def test_a_webhook_is_a_call_with_a_warning() -> None:
    found = compiled('flow f { on webhook("x") as event task a = shell("a", env: { B: json(event.body) }) }')
    assert [item.code for item in found.diagnostics] == ["WF952"]
    assert 'context["dag_run"].conf' in found.artifacts[0].text


def test_every_feature_has_a_row_and_a_way_out() -> None:
    rows = {row.feature: row for row in TARGET.capabilities}
    assert tuple(rows) == FEATURES
    assert [row.feature for row in rows.values() if row.level == "unsupported" and not row.remedy] == []


# --- text ---


def test_the_same_flow_gives_the_same_bytes() -> None:
    text = (
        'flow f { input d: date = run.date task a = python("return 1") -> int task b = shell("x", env: { A: a * 2 }) }'
    )
    assert compiled(text) == compiled(text)


def test_names_that_the_file_uses_itself_are_kept_clear_of() -> None:
    text = dag('task dag = shell("a") task wfc = shell("b") task timedelta = shell("c")')
    assert [name for name in calls(text) if name.endswith("_")] == ["dag_", "wfc_", "timedelta_"]


def test_text_that_jinja_would_read_is_marked() -> None:
    text = dag('task a = shell("a", env: { A: "{{{{ 7*7 }}}}", B: "plain" })')
    assert calls(text)["a"]["env"] == "{'A': literal('{{ 7*7 }}'), 'B': 'plain'}"


def test_the_helper_says_what_it_was_tested_with_and_parses() -> None:
    tree = ast.parse(helper())
    assert "3.3.2" in (ast.get_docstring(tree) or "")
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert {"Shell", "Http", "Sql", "Chat", "RunFlow", "only_if", "coalesce", "moment"} <= names


# --- parts ---


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (INT, "int"),
        (DATE, "'date'"),
        (ListType(FLOAT), "[float]"),
        (MapType(BOOL), "{str: bool}"),
        (OptionalType(STRING), "(str,)"),
        (EnumType(("a", "b")), "{'a', 'b'}"),
        (RecordType((("id", INT), ("tags", OptionalType(ListType(STRING))))), "{'id': int, 'tags': ([str],)}"),
    ],
)
def test_types_as_values(kind: Any, source: str) -> None:
    assert ast.unparse(ast.parse(inline(type_value(kind)) or "", mode="eval")) == source


def test_a_strict_schema_demands_every_field() -> None:
    kind = RecordType((("id", INT), ("note", OptionalType(STRING))))
    assert schema(kind, strict=True) == {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "note": {"type": ["string", "null"]}},
        "required": ["id", "note"],
        "additionalProperties": False,
    }


def graph(**upstream: str) -> dict[str, Draft]:
    """Tasks by name, each with the names of those before it."""
    found = {}
    for name, before in upstream.items():
        found[name] = Draft(name, "task", name)
        found[name].upstream = before.split()
    return found


def test_the_end_of_a_task_with_one_parent_implies_the_end_of_that() -> None:
    assert last_of(graph(a="", b="a", c="b"), "abc") == ("c",)


def test_a_task_with_two_parents_may_end_before_one_of_them() -> None:
    drafts = graph(left="", right="", join="left right")
    assert last_of(drafts, list(drafts)) == ("left", "right", "join")
    drafts["join"].rule = ALL_DONE
    assert last_of(drafts, list(drafts)) == ("join",)


def test_a_branch_follows_its_arm_and_what_stands_in_no_arm() -> None:
    drafts = graph(choose="", p="choose", p2="p choose", q="choose", after="choose p2 q")
    arms = [{"p", "p2"}, {"q"}, set()]
    assert followed(children(drafts), "choose", arms[0], arms) == ("p",)
    assert followed(children(drafts), "choose", arms[2], arms) == ("after",)


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        ("ab bc cd", ["a >> b >> c >> d"]),
        ("ac bc cd", ["[a, b] >> c >> d"]),
        ("ab ac", ["a >> [b, c]"]),
        ("ab bd ac cd", ["a >> [b, c]", "[b, c] >> d"]),
    ],
)
def test_edges_as_lines(pairs: str, lines: list[str]) -> None:
    assert edge_lines([(pair[0], pair[1]) for pair in pairs.split()], 0) == lines
