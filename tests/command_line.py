"""Running the command line in this process, and writing the files that it reads."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from wfc.cli import main


class Done(NamedTuple):
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


def wfc(*words: str, stdin: bytes = b"") -> Done:
    """Run `wfc` in the working folder."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))):
        try:
            code = main(list(words))
        except SystemExit as ended:
            code = int(ended.code or 0)
    out.flush()
    text = out.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    assert "a bug in wfc" not in err.getvalue(), err.getvalue()
    return Done(code, text, err.getvalue())


def codes(done: Done) -> list[str]:
    """The codes of `--format concise`, in order."""
    return [line.split(": ")[1].split()[0] for line in done.out.splitlines()]


def write(name: str, text: str | bytes) -> Path:
    """Write a file below the working folder."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path
