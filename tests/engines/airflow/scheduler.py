"""Runs DAGs on Airflow's own scheduler: for approvals, dagrun_timeout, child runs and tasks at the same time."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engines import process
from engines.airflow import install, store
from engines.airflow.engine import Airflow, environment_for, environment_of, given_by, prepare_home, variables_of
from engines.airflow.rest import Refused, Rest
from engines.airflow.trace import task
from engines.engine import (
    Answer,
    Decide,
    EngineExecution,
    EngineRun,
    EngineTask,
    Files,
    RunFailed,
    TimedOut,
    TriggerEvent,
)
from engines.postgres import Postgres

START_SECONDS = 400.0
PARSE_SECONDS = 60.0
# Not `airflow standalone`, which migrates the database first, and that takes as long as one of these.
ALL_PARTS = "for part in api-server scheduler dag-processor triggerer; do airflow $part & done; wait"
WARM_UP = """from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("warm_up", schedule=None):
    BashOperator(task_id="a", bash_command="true")
"""
ENDED = ("success", "failed")
HELPER = "wfc_airflow.py"
# An answer may make a task queued again before the scheduler has read that its worker, which asked, has ended; it then
# takes the task for one that was killed, and fails it ("finished with state success, but … is queued").
THINK_SECONDS = 10.0


class Scheduler:
    """API server, scheduler, DAG processor and triggerer over one PostgreSQL database. Slow: seconds a task.

    Not over sqlite: its writers lock each other out, so that tasks miss their heartbeats and count as failed.
    """

    name = "airflow-scheduler"

    def __init__(self, airflow: Airflow, postgres: Postgres, settings: Mapping[str, str] | None = None) -> None:
        """`airflow` validates, `postgres` keeps the metadata. Raises cache.Missing when Airflow is not installed.

        settings: environment variables of Airflow's own, beside ours.
        """
        self._airflow, self._postgres = airflow, postgres
        self._extra = dict(settings or {})
        self._database = ""
        self._folder = install.folder()
        self._child: process.Child | None = None
        self._env: dict[str, str] = {}
        self._rest = Rest(0)

    def validate(self, files: Files) -> list[str]:
        """See Airflow.validate."""
        return self._airflow.validate(files)

    def run(
        self,
        files: Files,
        entry: str,
        inputs: Mapping[str, object],
        *,
        secrets: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 120.0,
        decide: Decide | None = None,
        event: TriggerEvent | None = None,
        configs: Mapping[str, str] | None = None,
        again: bool = False,
    ) -> EngineRun:
        """See Engine.run. Of `env` only AIRFLOW_CONN_* and AIRFLOW_VAR_* can be given: the workers run already.

        The tasks of child runs are in the run too, with the id of their DAG run as execution. again: what has failed
        is cleared and run once more, as people do it.
        """
        self._started()
        settings = {**environment_of(secrets or {}), **variables_of(configs or {}), **(env or {})}
        dags = self._deploy(files)
        with self._settings(settings), self._pools(files):
            try:
                return self._execute(entry, dags, {**given_by(event), **inputs}, timeout, decide, again)
            finally:
                self._remove(dags)

    @contextlib.contextmanager
    def begun(self, files: Files, entry: str, inputs: Mapping[str, object]) -> Iterator[Callable[[float], EngineRun]]:
        """A run that is under way, as `run` starts it; what it gives waits, so many seconds, for the end."""
        self._started()
        dags = self._deploy(files)
        try:
            run = self._begin(entry, inputs)
            yield lambda timeout: self._finish(entry, run, dags, timeout, None)
        finally:
            self._remove(dags)

    def crash(self) -> None:
        """Kill all parts and their tasks at once, as when their machine goes down, and start them again."""
        assert self._child is not None
        process.kill_group(self._child.process)
        process.kill_users_of(self._child.home)
        self._start(self._child.home)

    def close(self) -> None:
        """Kill all processes of the scheduler and remove its folder."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def _started(self) -> process.Child:
        if self._child is None or not self._child.alive():
            home, port = prepare_home(self.name, self._folder), process.free_port()
            self._database = self._postgres.database()
            env = {**environment_for(home, self._folder), **_server_settings(port, self._database), **self._extra}
            subprocess.run(["airflow", "db", "migrate"], env=env, cwd=home, check=True, capture_output=True)
            self._rest, self._env = Rest(port), env
            self._start(home)
            self._warm_up()
        assert self._child is not None
        return self._child

    def _start(self, home: Path) -> None:
        self._child = process.Child(["/bin/sh", "-c", ALL_PARTS], home=home, env=self._env)
        self._child.wait_for(self._rest.healthy, START_SECONDS, self.name)

    def _warm_up(self) -> None:
        """Run a small DAG until it ends well: the first tasks are answered so late that they count as lost."""
        dags = self._deploy({"warm_up.py": WARM_UP})
        runs = (self._execute("warm_up", dags, {}, START_SECONDS, None) for _ in range(4))
        if not any(run.state == "success" for run in runs):
            raise RuntimeError(f"{self.name}: no DAG runs:\n{self._started().log()}")
        self._remove(dags)

    def _deploy(self, files: Files) -> list[str]:
        """Write the files and wait until every DAG in them is known as it is now; returns the dag ids."""
        put(files, self._started().home / "dags")
        wanted = {name for name, text in files.items() if name.endswith(".py") and re.search(r"\bDAG\(", text)}
        began, end = time.time(), time.monotonic() + PARSE_SECONDS
        while True:
            found = self._rest.call("GET", "dags", limit="1000", exclude_stale="true")["dags"]
            ours = [
                dag
                for dag in found
                if dag["relative_fileloc"] in wanted and (_seconds(dag["last_parsed_time"]) or 0.0) > began
            ]
            if {dag["relative_fileloc"] for dag in ours} == wanted:
                return [dag["dag_id"] for dag in ours]
            errors = self._import_errors(wanted, began)
            if errors or time.monotonic() > end:
                raise RunFailed(f"{self.name}: DAGs of {sorted(wanted)} did not appear: {errors}")
            time.sleep(0.3)

    def _import_errors(self, wanted: set[str], since: float) -> list[str]:
        """Why files could not be imported; not what was seen of the files of the run before, as they went.

        The DAG processor may miss a file that is being written anew; it looks again two seconds later.
        """
        found = self._rest.call("GET", "importErrors")["import_errors"]
        return [
            error["stack_trace"]
            for error in found
            if error["filename"] in wanted and (_seconds(error["timestamp"]) or 0.0) > since
            if "FileNotFoundError" not in error["stack_trace"]
        ]

    def _remove(self, dags: list[str]) -> None:
        """Forget the DAGs and their runs, so that the next run may use the same names.

        Their files are emptied only: of files that vanish, the DAG processor may lose sight for minutes.
        """
        folder = self._started().home / "dags"
        put({path.name: "" for path in folder.glob("*.py") if path.name != HELPER}, folder)
        for dag in dags:
            for run in self._runs(dag):
                if run["state"] not in ENDED:
                    self._rest.call("PATCH", "dags", dag, "dagRuns", run["dag_run_id"], body={"state": "failed"})
            end = time.monotonic() + 20
            while time.monotonic() < end:
                with contextlib.suppress(Refused):
                    self._rest.call("DELETE", "dags", dag, patient=False)
                    break
                time.sleep(0.5)

    def _execute(
        self,
        entry: str,
        dags: list[str],
        inputs: Mapping[str, object],
        timeout: float,
        decide: Decide | None,
        again: bool = False,
    ) -> EngineRun:
        return self._finish(entry, self._begin(entry, inputs), dags, timeout, decide, again)

    def _begin(self, entry: str, inputs: Mapping[str, object]) -> str:
        body = {"logical_date": None, "conf": dict(inputs)}
        try:
            return str(self._rest.call("POST", "dags", entry, "dagRuns", body=body)["dag_run_id"])
        except Refused as refused:
            raise RunFailed(f"{self.name}: {refused}") from None

    def _finish(
        self, entry: str, run: str, dags: list[str], timeout: float, decide: Decide | None, again: bool = False
    ) -> EngineRun:
        end, answered, asked = time.monotonic() + timeout, set[str](), dict[str, float]()
        while True:
            state = self._rest.call("GET", "dags", entry, "dagRuns", run)["state"]
            if state in ENDED and again and state == "failed":
                again, wanted = False, {"dry_run": False, "only_failed": True}
                self._rest.call("POST", "dags", entry, "dagRuns", run, "clear", body=wanted)
            elif state in ENDED:
                return self._read(entry, run, dags)
            if time.monotonic() > end:
                raise TimedOut(f"{self.name}: no end within {timeout:g} s", self._read(entry, run, dags))
            if decide is not None:
                self._decide(entry, run, decide, asked, answered)
            time.sleep(0.5)

    def _decide(self, dag: str, run: str, decide: Decide, asked: dict[str, float], answered: set[str]) -> None:
        for instance in self._instances(dag, run):
            name = instance["task_id"]
            if instance["state"] != "awaiting_input":
                continue
            if time.monotonic() - asked.setdefault(name, time.monotonic()) > THINK_SECONDS and name not in answered:
                answered.add(name)
                answer = decide(name)
                if answer is not None:
                    where = ("dags", dag, "dagRuns", run, "taskInstances", name, instance["map_index"], "hitlDetails")
                    self._rest.call("PATCH", *where, body=_response(answer))

    def _read(self, entry: str, run: str, dags: list[str]) -> EngineRun:
        """The run and every run of the other DAGs of its files, with their tasks."""
        runs = [(dag, found["dag_run_id"], found["state"]) for dag in dags for found in self._runs(dag)]
        runs.sort(key=lambda found: found[1] != run)
        tasks = [one for dag, name, _ in runs for one in self._tasks(dag, name)]
        child = self._started()
        log = "\n".join(store.logs(child.home, dag, name) for dag, name, _ in runs)
        return EngineRun(
            state=next((state for _, name, state in runs if name == run), "unknown"),
            tasks=tuple(sorted(tasks, key=lambda t: (t.start is None, t.start or 0.0, t.id, t.index))),
            log=f"{log}\n{child.log()}",
            executions=tuple(EngineExecution(name, dag, state) for dag, name, state in runs),
        )

    def _runs(self, dag: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._rest.call("GET", "dags", dag, "dagRuns", limit="100")["dag_runs"]
        return found

    def _instances(self, dag: str, run: str) -> list[dict[str, Any]]:
        where = ("dags", dag, "dagRuns", run, "taskInstances")
        found: list[dict[str, Any]] = self._rest.call("GET", *where, limit="1000")["task_instances"]
        return found

    def _tasks(self, dag: str, run: str) -> list[EngineTask]:
        outputs = store.xcoms(self._database, run)
        return [
            task(
                {
                    **one,
                    "start": _seconds(one["start_date"]),
                    "end": _seconds(one["end_date"]),
                    "outputs": outputs.get((dag, one["task_id"], one["map_index"]), {}),
                },
                run,
            )
            for one in self._instances(dag, run)
        ]

    @contextlib.contextmanager
    def _settings(self, settings: Mapping[str, str]) -> Iterator[None]:
        """Connections and variables for one run, by REST."""
        made = [self._create(name, value) for name, value in settings.items()]
        try:
            yield
        finally:
            for where in made:
                self._rest.call("DELETE", *where)

    def _create(self, name: str, value: str) -> tuple[str, str]:
        kind, _, key = name.removeprefix("AIRFLOW_").partition("_")
        if kind == "VAR":
            self._rest.call("POST", "variables", body={"key": key.lower(), "value": value})
            return "variables", key.lower()
        if kind != "CONN":
            raise ValueError(f"{name}: a scheduler that runs takes only AIRFLOW_CONN_* and AIRFLOW_VAR_*")
        self._rest.call("POST", "connections", body=_connection(key.lower(), json.loads(value)))
        return "connections", key.lower()

    @contextlib.contextmanager
    def _pools(self, files: Files) -> Iterator[None]:
        pools = json.loads(files.get("pools.json", "{}"))
        for name, pool in pools.items():
            self._rest.call("POST", "pools", body={"name": name, "slots": pool["slots"]})
        try:
            yield
        finally:
            for name in pools:
                self._rest.call("DELETE", "pools", name)


def put(files: Files, folder: Path) -> None:
    """Write files in one step each, so that nobody reads half of one."""
    for name, text in files.items():
        fresh = folder / f".{name}.new"
        fresh.write_text(text)
        fresh.rename(folder / name)


def _server_settings(port: int, database: str) -> dict[str, str]:
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.replace("postgresql:", "postgresql+psycopg2:", 1),
        # Each part would make up its own, and refuse the tokens of the others.
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(64),
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(64),
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__PARALLELISM": "8",
        # On a busy machine the API server needs longer for its first answers than the 5 s that tasks give it.
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "2",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "2",
    }


def _response(answer: Answer) -> dict[str, object]:
    return {"chosen_options": ["Approve" if answer.approved else "Reject"], "params_input": dict(answer.inputs)}


def _connection(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    extra = fields.get("extra")
    shown = {key: value for key, value in fields.items() if key != "extra"}
    return {"connection_id": name, **shown, **({"extra": json.dumps(extra)} if extra is not None else {})}


def _seconds(text: str | None) -> float | None:
    return None if not text else datetime.fromisoformat(text).timestamp()
