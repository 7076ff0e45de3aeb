"""Python bodies that only compute: held against what Python tells of files, processes and sockets when they run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from checks.finding import codes
from checks.python_snippets import COMPUTES, GIVEN, NOT_RUN, REACHES
from wfc.checks.python_twice import classify

if TYPE_CHECKING:
    import pathlib

WATCH = r"""
import json, os, sys
given = json.loads(sys.argv[1])
source = f"def body({', '.join(given)}):\n" + "\n".join(f" {line}" for line in sys.argv[2].split("\n"))
seen = []
OUTSIDE = ("os.", "subprocess.", "socket.", "shutil.", "sqlite3.", "ctypes.", "tempfile.", "pty.")
HARMLESS = ("os.listdir", "os.scandir", "ctypes.dlopen")  # imports look for files
def watch(event, args):
    if event == "open":
        how = args[1] if isinstance(args[1], str) else ""
        flags = args[2] if isinstance(args[2], int) else 0
        if set(how) & set("wax+") or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            seen.append(event)
    elif event.startswith(OUTSIDE) and event not in HARMLESS:
        seen.append(event)
sys.dont_write_bytecode = True
space = {}
exec(compile(source, "body", "exec"), space)
sys.addaudithook(watch)
try:
    space["body"](**given)
    failed = ""
except Exception as error:
    failed = repr(error)
print("\n" + json.dumps([seen, failed]))
"""
"""A program that runs a body and says which audit events it saw (docs.python.org, "Audit events table")."""


def run(body: str, folder: pathlib.Path) -> tuple[list[str], str]:
    """(audit events of what reaches outside, how it failed) of a body in an empty folder."""
    command = [sys.executable, "-B", "-c", WATCH, json.dumps(GIVEN), body]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    seen, failed = json.loads(done.stdout.splitlines()[-1])
    return seen, failed


@pytest.mark.parametrize("body", COMPUTES)
def test_what_only_computes_reaches_nothing_and_is_read(body: str, tmp_path: pathlib.Path) -> None:
    assert run(body, tmp_path) == ([], "")
    assert list(tmp_path.iterdir()) == []
    assert classify(body, [*GIVEN]).kind == "read"


@pytest.mark.parametrize("body", REACHES)
def test_what_reaches_outside_is_never_called_read(body: str, tmp_path: pathlib.Path) -> None:
    assert run(body, tmp_path)[0]
    assert classify(body, [*GIVEN]).kind == "unknown"


@pytest.mark.parametrize("body", NOT_RUN)
def test_what_cannot_be_known_is_unknown(body: str) -> None:
    assert classify(body, [*GIVEN]).kind == "unknown"


PURE = "import json\\nreturn len(json.dumps(rows))"
OPEN = "import acme\\nreturn acme.load(rows)"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "WF401",
            'flow f {{ on schedule("0 5 * * *", timezone: "UTC") defaults {{ timeout 1m }} '
            'task t = python("{}", args: {{ rows: [1] }}) -> int }}',
        ),
        (
            "WF303",
            'flow f {{ task t = python("{}", args: {{ rows: [1] }}) -> int timeout 1m '
            "retry fixed(attempts: 2, every: 5s) }}",
        ),
        (
            "WF316",
            "flow f {{ task t = flow.run(g) timeout 1m retry fixed(attempts: 2, every: 5s) }} "
            'flow g {{ task t = python("{}", args: {{ rows: [1] }}) -> int timeout 1m }}',
        ),
    ],
)
@pytest.mark.parametrize(("body", "expected"), [(PURE, False), (OPEN, True)])
def test_what_only_computes_is_left_alone(code: str, text: str, body: str, expected: bool) -> None:
    assert (code in codes(text.format(body), code)) is expected
