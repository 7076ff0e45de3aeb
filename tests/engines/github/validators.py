"""actionlint, zizmor, GitHub's language service and act's schema check over workflows: one list of problems."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines import cache, process
from engines.engine import Files
from engines.github import install

HERE = Path(__file__).parent


class Validators:
    """The tools, found once; the language service is one long-lived Node process, started by the first check."""

    def __init__(self, act: Path) -> None:
        """Raises cache.Missing when a tool is not installed."""
        self._act = act
        self._actionlint = install.go_tool("actionlint")
        self._shellcheck = install.python_tool("shellcheck")
        self._zizmor = install.python_tool("zizmor")
        self._modules = install.node_modules()
        self._node = cache.tool("node", "install Node 20 or newer")
        self._service: process.Child | None = None

    def check(self, files: Files, repository: Path, env: Mapping[str, str]) -> list[str]:
        """Problems of the workflow files, each with the name of the tool in front. `env` is for act."""
        names = sorted(name for name in files if name.startswith(".github/workflows/"))
        lint = [str(self._actionlint), "-oneline", "-no-color", f"-shellcheck={self._shellcheck}", *names]
        audit = [
            str(self._zizmor),
            "--offline",
            "--no-progress",
            "--quiet",
            "--persona=auditor",
            "--strict-collection",
            "--format=json-v1",
        ]
        return [
            *(f"actionlint: {line}" for line in _run(lint, repository, env).stdout.splitlines()),
            *_audited(_run([*audit, *names], repository, env)),
            *(f"github: {line}" for line in self._language_service({name: files[name] for name in names})),
            *(problem for name in names for problem in self._schema(name, repository, env)),
        ]

    def close(self) -> None:
        """Stop the language service."""
        service, self._service = self._service, None
        if service is not None:
            service.stop()

    def _schema(self, name: str, repository: Path, env: Mapping[str, str]) -> list[str]:
        done = _run([str(self._act), "--validate", "--strict", "-W", name], repository, env)
        return [f"act: {name}: {(done.stderr or done.stdout).strip()[-600:]}"] if done.returncode else []

    def _language_service(self, files: Files) -> list[str]:
        """Errors, and the warnings that GitHub makes of references to nothing."""
        if self._service is None or not self._service.alive():
            home = process.temporary("github-language")
            command = [self._node, str(HERE / "js" / "validate.mjs"), str(self._modules)]
            self._service = process.Child(command, home=home, env={"HOME": str(home)}, stdout=subprocess.PIPE)
        stdin, stdout = self._service.process.stdin, self._service.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"files": dict(files)}).encode() + b"\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise RuntimeError(f"GitHub's language service ended:\n{self._service.log()}")
        found: list[str] = json.loads(answer)
        return [line for line in found if re.search(r"\berror: ", line) or "Context access might be invalid" in line]


def _audited(done: subprocess.CompletedProcess[str]) -> list[str]:
    """zizmor's findings; its exit codes above 10 only repeat the highest severity."""
    if done.returncode not in (0, 11, 12, 13, 14):
        return [f"zizmor: exit code {done.returncode}: {done.stderr.strip()[-600:]}"]
    return [
        f"zizmor: {_where(finding)}: {finding['ident']}: {finding['desc']}"
        for finding in json.loads(done.stdout or "[]")
        if not finding.get("ignored")
    ]


def _where(finding: Mapping[str, Any]) -> str:
    locations = finding["locations"]
    location = next((one for one in locations if one["symbolic"].get("kind") == "Primary"), locations[0])
    path = location["symbolic"]["key"].get("Local", {}).get("verbatim_path", "?")
    return f"{path}:{location['concrete']['location']['start_point']['row'] + 1}"


def _run(command: list[str], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=dict(env), capture_output=True, text=True, timeout=120)
