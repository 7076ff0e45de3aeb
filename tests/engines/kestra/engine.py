"""Runs flows on the real Kestra engine: one JVM for a session, loopback HTTP, a namespace of its own for each run."""

from __future__ import annotations

import itertools
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from engines import process, tools
from engines.engine import Answer, Decide, EngineRun, Files, RunFailed, TimedOut, TriggerEvent
from engines.kestra import install
from engines.kestra.trace import read

# Reading secrets and the environment of script tasks from a test needs private fields of the JDK.
OPENS = ("--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-opens=java.base/java.util=ALL-UNNAMED")
MEMORY = ("-Xmx1500m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
START_SECONDS = 180.0
SETTLE_SECONDS = 3.0
POLL_SECONDS = 0.3


class Kestra:
    """One version of the engine. Started by the first call."""

    def __init__(self, version: str, lasting: bool = False) -> None:
        """`version` is one of kestra.install.VERSIONS. Raises cache.Missing when it is not installed.

        lasting: the database is a process of its own, so that `crash` loses nothing. (H2 within the JVM, in a file,
        was not always whole after a kill.)
        """
        self.version, self._lasting = version, lasting
        self.name = f"kestra-{version}"
        self._classpath = install.classpath(version)
        self._java = install.jdk() / "bin" / "java"
        self._child: process.Child | None = None
        self._database: process.Child | None = None
        self._port = self._database_port = 0
        self._runs = itertools.count(1)
        self.settle = SETTLE_SECONDS
        """How long what a run has started, and does not wait for, may go on when it has ended."""
        self._namespace = ""

    def validate(self, files: Files) -> list[str]:
        """The engine's FlowValidator over every YAML file; its warnings and deprecations count as problems."""
        names = _flows(files)
        answers = self._call("validate", sources=[files[name] for name in names])
        siblings = {_flow_id(files[name]) for name in names}
        found = [
            f"{name}: {problem}" for name, answer in zip(names, answers, strict=True) for problem in _problems(answer)
        ]
        return [problem for problem in found if not _is_sibling(problem, siblings)]

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
        """See Engine.run. The flows' own namespace is replaced by one that no other run has."""
        identifier = self.begin(files, entry, inputs, secrets=secrets, env=env, event=event, configs=configs)
        return self.finish(identifier, timeout, decide)

    def begin(
        self,
        files: Files,
        entry: str,
        inputs: Mapping[str, object],
        *,
        secrets: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        event: TriggerEvent | None = None,
        configs: Mapping[str, str] | None = None,
    ) -> str:
        """Deploy the files and start a run, as `run` does; gives its id, for `finish`."""
        self._alive()
        self._leave()
        namespace = f"wfc.run{next(self._runs)}"
        self._namespace = namespace
        self._call("secrets", values=dict(secrets or {}))
        self._call("environment", values=dict(env or {}))
        self._call("deploy", sources=[_renamed(files[name], namespace) for name in _flows(files)])
        if configs:
            self._call("kv", namespace=namespace, values=dict(configs))
        return self.another(entry, inputs, event)

    def another(self, entry: str, inputs: Mapping[str, object], event: TriggerEvent | None = None) -> str:
        """Start a further run of what is deployed; gives its id, for `finish`."""
        trigger = None if event is None else {"body": event.body, "headers": {k: [v] for k, v in event.headers.items()}}
        identifier = self._call("start", namespace=self._namespace, flow=entry, inputs=dict(inputs), trigger=trigger)
        return str(identifier)

    def crash(self) -> None:
        """Kill the JVM as a crash would, and start it again over the database of a `lasting` one."""
        assert self._lasting
        assert self._child is not None
        process.kill_group(self._child.process)
        self._start(self._child.home)

    def again(self, run: EngineRun, how: str, *, task: str | None = None, timeout: float = 60.0) -> EngineRun:
        """Run this engine's last run again: by "restart" (same execution) or "replay" (a new one, from `task` on)."""
        identifier = run.executions[0].id
        words = {"id": identifier, "task": task} if how == "replay" else {"id": identifier}
        return self.finish(self._call(how, **words), timeout, None)

    def close(self) -> None:
        """Kill the JVM, and the database of a lasting one, and remove their folders."""
        children = [self._child, self._database]
        self._child, self._database, self._namespace = None, None, ""
        for child in children:
            if child is not None:
                child.stop()

    def finish(self, identifier: str, timeout: float, decide: Decide | None = None) -> EngineRun:
        """Wait for the end of a run. Raises TimedOut when it does not come."""
        end, answered = time.monotonic() + timeout, set[tuple[str, str]]()
        while True:
            left = max(end - time.monotonic(), 0)
            wait = left if decide is None else min(left, POLL_SECONDS)
            seen = self._call("await", id=identifier, approvals=False, milliseconds=int(wait * 1000))
            if seen["ended"]:
                return read(self._settled(), identifier)
            if time.monotonic() > end:
                run = read(self._call("view", namespace=self._namespace), identifier)
                self._call("kill", id=identifier)
                raise TimedOut(f"{self.name}: no end within {timeout:g} s", run)
            if decide is not None:
                decide = self._decide(decide, answered)

    def _decide(self, decide: Decide, answered: set[tuple[str, str]]) -> Decide | None:
        """Answer what the run, or an execution that it started, asks; None when nobody is to answer any more."""
        for execution in self._call("view", namespace=self._namespace):
            if execution["ended"]:
                continue
            seen = self._call("await", id=execution["id"], approvals=True, milliseconds=0)
            for task in seen["approvals"]:
                if (execution["id"], task) in answered:
                    continue
                answered.add((execution["id"], task))
                answer = decide(task)
                if answer is None:
                    return None
                self._call("resume", id=execution["id"], answers=_answers(answer))
                time.sleep(0.2)
        return decide

    def _settled(self) -> list[dict[str, Any]]:
        """All executions of the run, once two looks agree: logs, and the ends of cut siblings, are written late."""
        end, before = time.monotonic() + self.settle, None
        while True:
            time.sleep(0.1)
            now: list[dict[str, Any]] = self._call("view", namespace=self._namespace)
            if time.monotonic() > end or (now == before and all(execution["ended"] for execution in now)):
                return now
            before = now

    def _leave(self) -> None:
        """Remove the flows of the run before, whose triggers would go on firing."""
        if self._namespace:
            self._call("remove", namespace=self._namespace)

    def _alive(self) -> None:
        """Start the JVM where there is none; it forgets the namespace, so this comes before one is chosen."""
        if self._child is None or not self._child.alive():
            self._start()

    def _call(self, name: str, **words: object) -> Any:
        self._alive()
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/{name}", data=json.dumps(words).encode())
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RunFailed(f"{self.name}: {name}: {json.load(error).get('error')}") from None

    def _start(self, again: Path | None = None) -> None:
        home, worker_port = again or process.temporary(self.name), str(process.free_port())
        (home / "port").unlink(missing_ok=True)
        database = [f"-Dwfc.database={self._lasting_database()}"] if self._lasting else []
        command = [
            str(self._java),
            *MEMORY,
            *OPENS,
            *database,
            "-cp",
            self._classpath,
            "Server",
            str(home),
            worker_port,
        ]
        env = {"HOME": str(home), "LANG": "C.UTF-8", "PATH": f"{tools.python_folder()}:{os.environ['PATH']}"}
        self._child = process.Child(command, home=home, env=env)
        self._child.wait_for((home / "port").exists, START_SECONDS, self.name)
        self._port = int((home / "port").read_text())
        self._namespace = self._namespace if again else ""

    def _lasting_database(self) -> str:
        """HOST:PORT of an H2 server, started by the first call, that keeps its databases in memory."""
        if self._database is None:
            home, self._database_port = process.temporary("h2"), process.free_port()
            options = ["-tcp", "-tcpPort", str(self._database_port), "-ifNotExists"]
            command = [str(self._java), "-Xmx500m", "-cp", self._classpath, "org.h2.tools.Server", *options]
            self._database = process.Child(command, home=home, env={"HOME": str(home), "LANG": "C.UTF-8"})
            ready = partial(process.listens, self._database_port)
            self._database.wait_for(ready, START_SECONDS, "H2")
        return f"127.0.0.1:{self._database_port}"


def _flows(files: Files) -> list[str]:
    return sorted(name for name in files if name.endswith((".yaml", ".yml")))


def _flow_id(source: str) -> str:
    match = re.search(r"(?m)^id: *[\"']?([\w.-]+)", source)
    return match[1] if match else ""


def _problems(answer: Mapping[str, Any]) -> list[str]:
    single = [answer["constraints"]] if answer.get("constraints") else []
    deprecated = [f"deprecated: {path}" for path in answer.get("deprecationPaths") or []]
    return [*single, *deprecated, *(answer.get("warnings") or [])]


def _is_sibling(problem: str, siblings: set[str]) -> bool:
    """The validator warns of every subflow that is not deployed yet; those among the files will be."""
    match = re.search(r"subflow '(?:[\w.-]+[.:/])?([\w-]+)'.* not found", problem)
    return match is not None and match[1] in siblings


def _renamed(source: str, namespace: str) -> str:
    """The source with its own namespace, and every reference to it, replaced."""
    own = re.search(r"(?m)^namespace: *[\"']?([\w.-]+)", source)
    if own is None:
        return source
    return re.sub(rf"\b(namespace: *)[\"']?{re.escape(own[1])}[\"']?(?=[\s,}}]|$)", rf"\g<1>{namespace}", source)


def _answers(answer: Answer) -> dict[str, object]:
    return {"approved": answer.approved, **answer.inputs}
