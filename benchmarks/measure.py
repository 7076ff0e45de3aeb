"""CPU times of child processes and of functions, taken in turns so that noise meets all alike."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from statistics import median


def child_seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    """User and system time of one run of a command, in seconds. Raises CalledProcessError if it is killed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if result.returncode not in (0, 1):
        raise subprocess.CalledProcessError(result.returncode, command, stderr=result.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def paired(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Name → (least CPU seconds, median ratio to the first command of the same round).

    Byte code is cached first; findings are not, unless a command says so by `env WFC_CACHE=…`.
    """
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "WFC_CACHE": os.devnull}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                seconds = child_seconds(command, environment)
                if turn:
                    times[name].append(seconds)
    base = next(iter(times.values()))
    return {
        name: (min(taken), median(one / max(other, 1e-4) for one, other in zip(taken, base, strict=True)))
        for name, taken in times.items()
    }


def in_turns(functions: dict[str, Callable[[], object]], rounds: int) -> dict[str, tuple[float, float]]:
    """Name → (least CPU seconds, median ratio to the first function of the same round), in this process."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for turn in range(rounds + 1):
        for name, function in functions.items():
            start = time.process_time()
            function()
            if turn:
                times[name].append(time.process_time() - start)
    base = next(iter(times.values()))
    return {
        name: (min(taken), median(one / max(other, 1e-6) for one, other in zip(taken, base, strict=True)))
        for name, taken in times.items()
    }


def table(title: str, rows: dict[str, tuple[float, float]], base: str) -> str:
    """A Markdown table of milliseconds and ratios."""
    lines = [f"| {title} | CPU ms (least) | x {base} (median of pairs) |", "|---|---:|---:|"]
    lines += [f"| {name} | {seconds * 1000:.1f} | {ratio:.2f} |" for name, (seconds, ratio) in rows.items()]
    return "\n".join(lines)
