"""Runs workflows by act on this machine, without docker and without network, and validates them by five tools."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from engines import process, tools
from engines.engine import Decide, EngineRun, Files, RunFailed, TimedOut, TriggerEvent
from engines.github import install
from engines.github.trace import Event, read
from engines.github.validators import Validators

ACTIONS = Path(__file__).parent / "actions"
SHELL = Path(__file__).parent / "shell"
# Every label a workflow may run on is mapped to this machine; act would go to docker for any other.
LABELS = ("ubuntu-22.04", "ubuntu-24.04", "ubuntu-latest")
LOOPBACK = re.compile(r"127\.0\.0\.1|localhost|\[::1\]")


class GitHub:
    """act as the executor. What act does not do (approvals, job timeouts, concurrency) is not proved by it."""

    name = "github"

    def __init__(self) -> None:
        """Raises cache.Missing when one of the tools is not installed."""
        self._act = install.go_tool("act")
        self._validators = Validators(self._act)
        self._isolate = _isolation()

    def validate(self, files: Files) -> list[str]:
        """actionlint with shellcheck, zizmor as auditor, GitHub's language service, and act's own schema."""
        with _repository(files) as (repository, home):
            return self._validators.check(files, repository, self._environment(home, {}))

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
        network: bool | None = None,
    ) -> EngineRun:
        """See Engine.run. `entry` is the stem of the workflow file; `env` is also given as configuration variables.

        `decide` must be None: act has no environments. `network` None means: only when a value names the loopback,
        because a run without network has no loopback either.
        """
        assert decide is None, "act does not wait for approvals"
        extra, hidden = dict(env or {}), dict(secrets or {})
        needs_network = (
            network
            if network is not None
            else bool(LOOPBACK.search(json.dumps([inputs, extra, hidden, dict(configs or {})])))
        )
        with _repository(files) as (repository, home):
            payload = home / "event.json"
            sent = payload_of(event) if event else {"inputs": {name: _as_text(value) for name, value in inputs.items()}}
            payload.write_text(json.dumps(sent))
            command = [
                *([] if needs_network else self._isolate),
                *[str(self._act), event.name if event else "workflow_dispatch"],
                *["-W", f".github/workflows/{entry}.yml", "-e", str(payload)],
                *["--json", "-v", "--no-cache-server", "--concurrent-jobs", "4"],
                *_pairs("-P", dict.fromkeys(LABELS, "-self-hosted")),
                *_pairs("-s", hidden),
                *_pairs("--var", {**extra, **{name.upper(): value for name, value in (configs or {}).items()}}),
                *_replaced_actions(files),
            ]
            return self._execute(command, repository, {**self._environment(home, extra)}, timeout)

    def close(self) -> None:
        """Stop the language service."""
        self._validators.close()

    def _environment(self, home: Path, extra: Mapping[str, str]) -> dict[str, str]:
        path = f"{SHELL}:{tools.python_folder()}:{os.environ['PATH']}"
        own = {"WFC_ARTIFACTS": str(home / "artifacts"), "WFC_SHELL": str(SHELL)}
        return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **own, **extra}

    def _execute(self, command: list[str], folder: Path, env: Mapping[str, str], timeout: float) -> EngineRun:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert child.stdout is not None
        assert child.stderr is not None
        events, errors = list[Event](), list[bytes]()
        readers = [_reader(child.stdout, events), _errors(child.stderr, errors)]
        try:
            child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"github: no end within {timeout:g} s", read(events, None)) from None
        finally:
            process.kill_group(child)
            process.kill_users_of(Path(env["HOME"]))
            for reader in readers:
                reader.join(5)
        run = read(events, child.returncode)
        if child.returncode and not run.executions:
            raise RunFailed(f"github: {_tail(errors)}")
        return run


def payload_of(event: TriggerEvent) -> dict[str, Any]:
    """The payload of an event; a webhook's body is what a program hands on by the API."""
    if event.name == "repository_dispatch":
        return {"action": "any", "client_payload": dict(event.body)}
    return dict(event.body)


def _reader(stream: IO[bytes], events: list[Event]) -> threading.Thread:
    """Collects act's events with the time each was seen: its own clock has seconds only."""

    def collect() -> None:
        for line in stream:
            try:
                events.append({**json.loads(line), "seen": time.time()})
            except ValueError:
                events.append({"msg": line.decode(errors="replace"), "seen": time.time()})

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    return thread


def _errors(stream: IO[bytes], lines: list[bytes]) -> threading.Thread:
    thread = threading.Thread(target=lambda: lines.extend(stream), daemon=True)
    thread.start()
    return thread


def _tail(errors: list[bytes]) -> str:
    lines = [line.decode(errors="replace").strip() for line in errors]
    return "\n".join(line for line in lines if '"level":"debug"' not in line)[-2000:]


@contextmanager
def _repository(files: Files) -> Iterator[tuple[Path, Path]]:
    """The files in a git repository of their own, and a home folder outside it."""
    top = Path(tempfile.mkdtemp(prefix="wfc-github-"))
    repository, home = top / "repository", top / "home"
    try:
        home.mkdir()
        for name, text in files.items():
            path = repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        person = ["-c", "user.name=wfc", "-c", "user.email=wfc@example.invalid", "-c", "commit.gpgsign=false"]
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*person, "commit", "-qm", "workflow"]):
            subprocess.run(["git", *words], cwd=repository, check=True, capture_output=True)
        yield repository, home
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _replaced_actions(files: Files) -> list[str]:
    """Options that put our stand-ins in the place of the artifact actions, at every reference that is used."""
    used = sorted(
        {
            match
            for text in files.values()
            for match in re.findall(r"uses: *actions/((?:up|down)load-artifact)@(\S+)", text)
        }
    )
    return [
        word for action, ref in used for word in ("--local-repository", f"actions/{action}@{ref}={ACTIONS / action}")
    ]


def _pairs(option: str, values: Mapping[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in (option, f"{name}={value}")]


def _as_text(value: object) -> str:
    """An input as a dispatch event carries it: text."""
    return value if isinstance(value, str) else json.dumps(value)


def _isolation() -> list[str]:
    """The command that runs another without any network, where this machine allows it."""
    for command in (["unshare", "-n", "--"], ["unshare", "-rn", "--"]):
        if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return []
