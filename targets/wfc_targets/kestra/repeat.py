"""A script task with a retry in a workspace → a script that makes the attempts itself.

A WorkingDirectory never ends when a task in it is tried again by the engine (1.3.31, 2.0.0).
"""

from __future__ import annotations

from wfc import ir
from wfc.record import replace
from wfc_targets.common import yaml
from wfc_targets.kestra import model
from wfc_targets.kestra.job import seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Call, Retry

PYTHON = """import subprocess
import sys
import time

for number, pause in enumerate([{pauses}], 1):
    code = subprocess.run([sys.executable, "{file}"]).returncode
    if code == 0:
        break
    print(f"attempt {{number}}: exit code {{code}}", file=sys.stderr)
    if pause is None:
        sys.exit(1)
    time.sleep(pause)
"""
BASH = """number=0
for pause in {pauses} ''; do
  number=$((number + 1))
  rm -f .wfc_output_{task}
  bash -euo pipefail {file} && exit 0
  echo "attempt $number: failed" >&2
  ${{pause:+sleep "$pause"}}
done
exit 1
"""


def repeats(call: Call) -> bool:
    """Can the attempts of a call be made by its script? Not when each is bounded in time."""
    return isinstance(call.op, ir.Shell | ir.Python | ir.Sql) and call.timeout is None


def repeated(made: model.EngineTask, retry: Retry) -> model.EngineTask:
    """The task with its script in a file, run until it succeeds, with the pauses of the retry between."""
    pauses = [seconds(pause) for pause in retry.pauses()]
    if isinstance(made, model.Script):
        file = f".attempt_{made.id}.py"
        script = PYTHON.format(pauses=", ".join([*pauses, "None"]), file=file)
        return replace(made, input_files=_with(made.input_files, file, made.script), script=yaml.Block(script))
    assert isinstance(made, model.Commands)
    assert isinstance(made.commands, list)
    file = f".attempt_{made.id}.sh"
    lines = [line.text if isinstance(line, yaml.Block) else f"{line}\n" for line in made.commands]
    script = BASH.format(pauses=" ".join(pauses), file=file, task=made.id)
    inputs = _with(made.input_files, file, yaml.Block("".join(lines)))
    return replace(made, input_files=inputs, commands=[yaml.Block(script)])


def _with(files: yaml.Node, name: str, content: yaml.Node) -> yaml.Node:
    return {**(dict(files.items()) if isinstance(files, dict) else {}), name: content}
