"""Proves the scheduler fixture: what `dag.test()` cannot do."""

from __future__ import annotations

import pytest

from engines.airflow.scheduler import Scheduler
from engines.engine import Answer

HEAD = """from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

"""
APPROVAL = (
    HEAD
    + """with DAG("ask", schedule=None):
    go = ApprovalOperator(task_id="go", subject="go?", fail_on_reject=True, response_timeout=timedelta(minutes=5))
    z = BashOperator(task_id="z", bash_command="echo {{ conn.tok.password }} {{ var.value.tok }}")
    go >> z
"""
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("approved", "states"), [(True, ["success", "success"]), (False, ["failed", "upstream_failed"])]
)
def test_approval_is_answered(airflow_scheduler: Scheduler, approved: bool, states: list[str]) -> None:
    run = airflow_scheduler.run(
        {"ask.py": APPROVAL}, "ask", {}, secrets={"TOK": "s3cr3t"}, decide=lambda _: Answer(approved)
    )
    assert [run.one("go").state, run.one("z").state] == states, run.log
    assert run.one("z").outputs.get("return_value") == ("s3cr3t s3cr3t" if approved else None)


@pytest.mark.slow
def test_child_runs_are_part_of_the_run(airflow_scheduler: Scheduler) -> None:
    text = (
        HEAD
        + """with DAG("parent", schedule=None):
    call = TriggerDagRunOperator(
        task_id="call", trigger_dag_id="child", conf={"n": 2}, wait_for_completion=True, poke_interval=1
    )

with DAG("child", schedule=None, params={"n": 1}):
    work = BashOperator(task_id="work", bash_command="echo {{ params.n * 2 }}")
"""
    )
    run = airflow_scheduler.run({"both.py": text}, "parent", {})
    assert (run.state, run.states()) == ("success", {"call": ["success"], "work": ["success"]}), run.log
    assert run.one("work").outputs["return_value"] == "4"
    assert {execution.flow for execution in run.executions} == {"parent", "child"}


@pytest.mark.slow
def test_the_time_of_a_run_is_bounded(airflow_scheduler: Scheduler) -> None:
    text = (
        HEAD
        + """with DAG("slow", schedule=None, dagrun_timeout=timedelta(seconds=5)):
    a = BashOperator(task_id="a", bash_command="sleep 3041")
"""
    )
    run = airflow_scheduler.run({"slow.py": text}, "slow", {})
    assert (run.state, run.one("a").state) == ("failed", "skipped")
