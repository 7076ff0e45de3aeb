"""Child processes that are gone for sure when the tests end: own process group, killed by id, temporary home folder."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class Child:
    """A running program with a home folder of its own, a pipe as standard input, and its stderr in `home/log`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        home: Path,
        env: Mapping[str, str],
        stdout: int | None = None,
        user: str | None = None,
        gently: bool = False,
    ) -> None:
        """`gently`: stop by SIGINT first, for what leaves shared memory behind. `user`: needs root."""
        self.home = home
        self._gently = gently
        self._log = open(home / "log", "ab")  # noqa: SIM115 (closed in stop)
        self.process = subprocess.Popen(
            command,
            cwd=home,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=self._log if stdout is None else stdout,
            stderr=self._log,
            start_new_session=True,
            user=user,
        )
        atexit.register(self.stop)

    def alive(self) -> bool:
        """Whether the program still runs."""
        return self.process.poll() is None

    def log(self, characters: int = 4000) -> str:
        """The end of what the program wrote to its log."""
        return (self.home / "log").read_text(errors="replace")[-characters:]

    def wait_for(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Poll `ready`. Raises RuntimeError, with the log, when the program ended or the time is over."""
        end = time.monotonic() + seconds
        while not ready():
            if not self.alive() or time.monotonic() > end:
                text = self.log()
                self.stop()
                raise RuntimeError(f"{what} did not start within {seconds:.0f} s:\n{text}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the program with everything it started, and remove the home folder."""
        atexit.unregister(self.stop)
        if self._gently:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        kill_group(self.process)
        kill_users_of(self.home)
        for stream in (self.process.stdin, self.process.stdout, self._log):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        shutil.rmtree(self.home, ignore_errors=True)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads its group, and the group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def kill_users_of(home: Path) -> None:
    """Kill the processes that have this (temporary, unique) folder as HOME: those that left the process group too."""
    wanted = b"\0HOME=" + os.fsencode(home) + b"\0"
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                if wanted in b"\0" + (folder / "environ").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)


def temporary(prefix: str) -> Path:
    """A new temporary folder that is removed at exit, if not before."""
    folder = Path(tempfile.mkdtemp(prefix=f"wfc-{prefix}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Does something accept connections at this loopback port?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
