"""A world that runs the scripts of a flow for real, on this machine: bash and Python, in one directory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfc import ir, types
from wfc.world import Attempt, Behaviour, Decision, Fail, Succeed, World

if TYPE_CHECKING:
    from wfc.types import Type

LONGEST = 6000
"""Milliseconds after which a script is ended whatever its timeout says; it counts as having taken a day."""
DAY = 86_400_000


class Machine(World):
    """Shell and python operations run; all others end as `behaviours` says. folder: where they run."""

    folder: str = "."

    def attempt(self, attempt: Attempt) -> Succeed | Fail | None:
        """Run a script; its duration is 1 s, or a day when it had to be ended."""
        op = attempt.call.op
        if isinstance(op, ir.Shell):
            return self.script(attempt, op.script)
        if isinstance(op, ir.Python):
            return self.function(attempt, op.body)
        behaviours: Mapping[Any, Behaviour] = self.behaviours
        return World(behaviours).attempt(attempt)

    def approve(self, name: str, indexes: tuple[int, ...], fields: Type) -> Decision:
        """As scripted."""
        return World(self.behaviours).approve(name, indexes, fields)

    def script(self, attempt: Attempt, script: str) -> Succeed | Fail:
        """bash -euo pipefail; what it writes to $WFC_OUTPUT, typed."""
        output = Path(self.folder) / "wfc-output"
        output.write_text("")
        given = {name: text_of(value) for name, value in attempt.args.items()}
        code = self.ended(["bash", "-euo", "pipefail", "-c", script], attempt, given | {"WFC_OUTPUT": str(output)})
        if code is None:
            return Fail("had to be ended", DAY)
        if code:
            return Fail(f"exit code {code}")
        lines = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        fields = attempt.call.type.fields if isinstance(attempt.call.type, types.RecordType) else ()
        return Succeed({name: typed(lines[name], kind) for name, kind in fields if name in lines})

    def function(self, attempt: Attempt, body: str) -> Succeed | Fail:
        """A function body in a process of its own."""
        names = ", ".join(attempt.args)
        source = f"import json, sys\ndef f({names}):\n{textwrap.indent(body, '    ')}\n"
        source += 'json.dump(f(**json.load(open("args"))), open("result", "w"))\n'
        (Path(self.folder) / "args").write_text(json.dumps(attempt.args))
        code = self.ended([sys.executable, "-c", source], attempt, {})
        if code != 0:
            return Fail(f"exit code {code}")
        return Succeed(json.loads((Path(self.folder) / "result").read_text()))

    def ended(self, command: list[str], attempt: Attempt, env: dict[str, str]) -> int | None:
        """The exit code, or None when the process had to be ended, with all that it started."""
        seconds = min(attempt.call.timeout or LONGEST, LONGEST) / 1000
        process = subprocess.Popen(command, cwd=self.folder, env=os.environ | env, start_new_session=True)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None
        return process.returncode


def text_of(value: Any) -> str:
    """A value in an environment: a text as it is, anything else as JSON (a float as Python writes it)."""
    return value if isinstance(value, str) else json.dumps(value)


def typed(text: str, kind: Any) -> Any:
    """A result line by its type; what does not read stays text and will not fit."""
    if kind in (types.STRING, types.FILE, types.DATE, types.DATETIME) or isinstance(kind, types.EnumType):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
