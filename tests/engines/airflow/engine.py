"""Runs DAGs on the real Airflow by `dag.test()`, in one worker process that lives as long as the tests."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines import process
from engines.airflow import install, lint
from engines.airflow.trace import read
from engines.engine import Decide, EngineRun, Files, RunFailed, TimedOut, TriggerEvent

WORKER = Path(__file__).parent / "worker.py"
START_SECONDS = 180.0


class Airflow:
    """The engine by `dag.test()`: retries, skips, mapping, trigger rules and timeouts are Airflow's own.

    `dag.test()` cannot do approvals, dagrun_timeout, child DAG runs, or tasks at the same time: for those see
    engines.airflow.scheduler.
    """

    name = "airflow"

    def __init__(self) -> None:
        """Raises cache.Missing when Airflow is not installed."""
        self._folder = install.folder()
        self._child: process.Child | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def validate(self, files: Files) -> list[str]:
        """DagBag's import errors, then ruff's Airflow rules and its formatting."""
        self._deploy(files)
        answer = self._call({"do": "validate"}, timeout=120)
        dags = str(self._home() / "dags")
        broken = [
            f"{path.removeprefix(dags + '/')}: {error.strip()}" for path, error in sorted(answer["errors"].items())
        ]
        return broken + lint.check(files)

    def run(
        self,
        files: Files,
        entry: str,
        inputs: Mapping[str, object],
        *,
        secrets: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        decide: Decide | None = None,
        event: TriggerEvent | None = None,
        configs: Mapping[str, str] | None = None,
    ) -> EngineRun:
        """See Engine.run. A secret NAME is the password of the connection NAME, and the Variable NAME.

        `decide` must be None: `dag.test()` waits for ever at an approval.
        """
        assert decide is None, "approvals need engines.airflow.scheduler"
        self._deploy(files)
        log = self._home() / "run.log"
        log.write_bytes(b"")
        environment = {**environment_of(secrets or {}), **variables_of(configs or {}), **(env or {})}
        request = {
            "do": "run",
            "dag": entry,
            "conf": {**given_by(event), **inputs},
            "env": environment,
            "log": str(log),
        }
        answer = self._call(request, timeout)
        text = log.read_text(errors="replace")
        if refused := answer.get("refused"):
            raise RunFailed(f"airflow: {refused}")
        return read(answer, entry, text)

    def close(self) -> None:
        """Kill the worker and remove its folder."""
        child, self._child = self._child, None
        if child is not None:
            child.stop()

    def _home(self) -> Path:
        if self._child is None or not self._child.alive():
            self._start()
        assert self._child is not None
        return self._child.home

    def _deploy(self, files: Files) -> None:
        write(files, self._home() / "dags")

    def _call(self, request: Mapping[str, object], timeout: float) -> dict[str, Any]:
        assert self._child is not None
        assert self._child.process.stdin is not None
        self._child.process.stdin.write(json.dumps(request).encode() + b"\n")
        self._child.process.stdin.flush()
        try:
            answer: dict[str, Any] = json.loads(self._answers.get(timeout=timeout))
        except queue.Empty:
            log = (self._child.home / "run.log").read_text(errors="replace") if request["do"] == "run" else ""
            self.close()
            raise TimedOut(f"airflow: no end within {timeout:g} s\n{log[-3000:]}") from None
        if "error" in answer:
            raise RunFailed(f"airflow: {answer['error']}")
        return answer

    def _start(self) -> None:
        home = prepare_home(self.name, self._folder)
        command, env = [str(install.python()), "-P", str(WORKER)], environment_for(home, self._folder)
        child = process.Child(command, home=home, env=env, stdout=subprocess.PIPE)
        self._child, self._answers = child, queue.Queue()
        threading.Thread(target=_pump, args=(child.process.stdout, self._answers), daemon=True).start()
        try:
            self._answers.get(timeout=START_SECONDS)
        except queue.Empty:
            log = child.log()
            self.close()
            raise RuntimeError(f"airflow did not start:\n{log}") from None


def given_by(event: TriggerEvent | None) -> dict[str, Any]:
    """The conf by which a caller of the REST API hands on an event: of a webhook its parts, else the payload."""
    if event is None:
        return {}
    if event.name == "repository_dispatch":
        return {"body": dict(event.body), "headers": dict(event.headers)}
    return dict(event.body)


def _pump(stream: Any, answers: queue.Queue[str]) -> None:
    for line in stream:
        answers.put(line)
    answers.put(json.dumps({"error": "the worker died"}))


def prepare_home(name: str, folder: Path) -> Path:
    """A temporary AIRFLOW_HOME with an empty migrated database and an empty DAGs folder."""
    home = process.temporary(name)
    # Not its airflow.cfg, whose paths are those of the folder it was made in.
    shutil.copy(folder / "home" / "airflow.db", home)
    (home / "dags").mkdir()
    return home


def write(files: Files, folder: Path) -> None:
    """Make `folder` hold exactly these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def environment_of(secrets: Mapping[str, str]) -> dict[str, str]:
    """Secrets in the two forms a DAG may read them: `conn.NAME.password` and `var.value.NAME`."""
    found: dict[str, str] = {}
    for name, value in secrets.items():
        found[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps({"conn_type": "generic", "password": value})
        found[f"AIRFLOW_VAR_{name.upper()}"] = value
    return found


def variables_of(configs: Mapping[str, str]) -> dict[str, str]:
    """Variables by the names of the language."""
    return {f"AIRFLOW_VAR_{name.upper()}": value for name, value in configs.items()}


def environment_for(home: Path, folder: Path) -> dict[str, str]:
    """The environment of an Airflow process whose AIRFLOW_HOME is `home`; nothing of the tests' own but PATH
    and where packages come from."""
    # how package installers reach their registry, for tasks with packages of their own
    registry = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_CERT_"))}
    return {
        **install.SETTINGS,
        **registry,
        "PATH": f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "WFC_FILES": f"file://{home / 'files'}",
        "WFC_WORKSPACES": str(home / "workspaces"),
        # A file that changes within a second keeps the timestamp that its stale bytecode was made for.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
