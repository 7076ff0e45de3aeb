"""Where installed engines live, and how one is installed so that a half-finished install is never used."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

MARKER = ".installed"


class Missing(Exception):
    """An engine or a tool it needs is not on this machine: `reason` in one line, `remedy` in one line."""

    def __init__(self, reason: str, remedy: str = "run `make engines`") -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy


def root() -> Path:
    """The folder of all installed engines: `$WFC_ENGINES`, or `~/.cache/wfc/engines`."""
    return Path(os.environ.get("WFC_ENGINES") or Path.home() / ".cache" / "wfc" / "engines").absolute()


def digest(*files: Path) -> str:
    """Eight hex digits over the names and contents of files, so that a changed pin gets a new folder."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:8]


def installed(name: str) -> Path:
    """The folder of an engine that was installed to its end. Raises Missing otherwise."""
    folder = root() / name
    if not (folder / MARKER).is_file():
        raise Missing(f"{name} is not installed in {root()}")
    return folder


def install(name: str, build: Callable[[Path], None]) -> Path:
    """Fill `root()/name` by `build(folder)`, once; safe against crashes and against a second process doing the same.

    A marker file is written last, and not a folder renamed, because a virtual environment cannot be moved.
    """
    folder = root() / name
    with _locked(name):
        if not (folder / MARKER).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            build(folder)
            (folder / MARKER).touch()
    return folder


@contextmanager
def _locked(name: str) -> Iterator[None]:
    root().mkdir(parents=True, exist_ok=True)
    with open(root() / f".{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tool(name: str, remedy: str) -> str:
    """The path of a program on PATH. Raises Missing with the remedy."""
    path = shutil.which(name)
    if path is None:
        raise Missing(f"`{name}` is not on PATH", remedy)
    return path


def call(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 1800,
) -> str:
    """Run an install command and return its stdout. Raises Missing with the last lines of its stderr."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=timeout
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"`{words[0]}` did not run: {error}", "run it by hand to see more") from None
    if done.returncode:
        tail = " | ".join((done.stderr or done.stdout).strip().splitlines()[-4:])
        raise Missing(f"`{' '.join(words[:4])} …` failed: {tail[-600:]}", "run it by hand to see more")
    return done.stdout
