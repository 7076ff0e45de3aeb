"""Proves the Airflow fixture: hand-written DAGs whose traces Airflow is known to give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines.airflow.engine import Airflow
from engines.engine import RunFailed, TimedOut

HEAD = """from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, task

with DAG("probe", schedule=None, params={"v": "", "n": 7}) as dag:
"""


def dag(body: str, **more: str) -> dict[str, str]:
    """One DAG file, and helper modules beside it by name."""
    return {"probe.py": HEAD + body, **{f"{name}.py": text for name, text in more.items()}}


SEQUENCE = """    a = BashOperator(task_id="a", bash_command="echo {{ params.n }}", retry_delay=timedelta(seconds=1))

    @task
    def b(x):
        return int(x) + 1

    b = b(a.output)
"""


def test_sequence_hands_a_value_on(airflow: Airflow) -> None:
    assert airflow.validate(dag(SEQUENCE)) == []
    run = airflow.run(dag(SEQUENCE), "probe", {"n": 8})
    assert (run.state, run.states()) == ("success", {"a": ["success"], "b": ["success"]})
    assert run.one("a").outputs == {"return_value": "8"}
    assert run.one("b").outputs == {"return_value": 9}
    assert run.before("a", "b")


def test_failure_stops_what_follows(airflow: Airflow) -> None:
    body = """    a = BashOperator(task_id="a", bash_command="exit 3", retries=0)
    b = BashOperator(task_id="b", bash_command="true")
    a >> b
"""
    run = airflow.run(dag(body), "probe", {})
    assert (run.state, run.states()) == ("failed", {"a": ["failed"], "b": ["upstream_failed"]})
    assert (run.one("a").attempts, run.one("b").attempts) == (1, 0)


def test_retry_counts_attempts(airflow: Airflow, tmp_path: Path) -> None:
    body = f"""    b = BashOperator(
        task_id="b",
        bash_command="echo x >> {tmp_path}/n; test $(wc -l < {tmp_path}/n) -ge 3",
        retries=3,
        retry_delay=timedelta(seconds=1),
    )
"""
    run = airflow.run(dag(body), "probe", {})
    assert (run.state, run.one("b").attempts, (tmp_path / "n").read_text()) == ("success", 3, "x\nx\nx\n")


def test_mapped_instances_have_their_index(airflow: Airflow) -> None:
    body = """    @task
    def t(i):
        assert i != 2
        return i * 10

    t.expand(i=[1, 2, 3])
"""
    run = airflow.run(dag(body), "probe", {})
    assert run.state == "failed"
    assert [(t.index, t.state, t.outputs) for t in run.all("t")] == [
        ((0,), "success", {"return_value": 10}),
        ((1,), "failed", {}),
        ((2,), "success", {"return_value": 30}),
    ]


def test_bad_files_are_refused(airflow: Airflow) -> None:
    cycle = """    a = BashOperator(task_id="a", bash_command="true")
    b = BashOperator(task_id="b", bash_command="true")
    a >> b >> a
"""
    found = airflow.validate(dag(cycle))
    assert "AirflowDagCycleException" in found[0]
    old = {"old.py": "from airflow.operators.bash import BashOperator\n\nprint(BashOperator)\n"}
    assert [line for line in airflow.validate(old) if "AIR3" in line]
    assert any("ruff format would change" in line for line in airflow.validate({"odd.py": "x = { }\n"}))
    with pytest.raises(RunFailed, match="AirflowDagCycleException"):
        airflow.run(dag(cycle), "probe", {})


@pytest.mark.parametrize(
    "value", ["$(touch pwned) '\"`;", "{{ 7*7 }} {% raw %}", "a\r\nb\tc\n\n", "hé \U0001f600", "", "x{{ 7*7 }}" * 5000]
)
def test_hostile_input_passes_byte_for_byte(airflow: Airflow, tmp_path: Path, value: str) -> None:
    body = f'''    BashOperator(
        task_id="a",
        bash_command="printf %s \\"$V\\" >{tmp_path}/shell",
        env={{"V": "{{{{ params.v }}}}"}},
        append_env=True,
    )

    @task
    def p(v):
        open("{tmp_path}/python", "w", newline="").write(v)

    p(dag.param("v"))
'''
    assert airflow.run(dag(body), "probe", {"v": value}).state == "success"
    assert (tmp_path / "shell").read_bytes() == (tmp_path / "python").read_bytes() == value.encode()


def test_helper_module_secrets_and_environment_are_those_of_the_run(airflow: Airflow) -> None:
    body = """    @task
    def t():
        import os

        import helper_of_probe

        return [helper_of_probe.NAME, os.environ.get("GREETING")]

    t()
    BashOperator(task_id="s", bash_command="echo {{ conn.tok.password }} {{ var.value.tok }}")
"""
    for name in ("one", "two"):
        files = dag(body, helper_of_probe=f"NAME = {name!r}\n")
        run = airflow.run(files, "probe", {}, secrets={"TOK": "s3cr3t"}, env={"GREETING": name})
        assert run.one("t").outputs["return_value"] == [name, name]
        assert run.one("s").outputs["return_value"] == "s3cr3t s3cr3t"
    assert airflow.run(files, "probe", {}).one("s").state == "failed"


def test_pools_come_with_the_files(airflow: Airflow) -> None:
    body = """    a = BashOperator(task_id="a", bash_command="true", pool="probe_each")
"""
    files = {**dag(body), "pools.json": json.dumps({"probe_each": {"slots": 2, "description": "each"}})}
    assert airflow.run(files, "probe", {}).state == "success"


def test_a_run_that_does_not_end_is_cut_and_the_next_one_works(airflow: Airflow) -> None:
    hang = """    a = BashOperator(task_id="a", bash_command="sleep 3023")
"""
    with pytest.raises(TimedOut):
        airflow.run(dag(hang), "probe", {}, timeout=8)
    assert airflow.run(dag(SEQUENCE), "probe", {}).state == "success"
