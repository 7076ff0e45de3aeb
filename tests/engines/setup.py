"""Installs the real engines: `python -m engines.setup [kestra|airflow|github|all]…` with tests/ on the path.

Everything goes to `$WFC_ENGINES` (default `~/.cache/wfc/engines`); what is there already is left alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from engines import cache, tools
from engines.airflow import install as airflow
from engines.github import install as github
from engines.kestra import install as kestra

INSTALLERS: dict[str, list[tuple[str, Callable[[], list[Path]]]]] = {
    "kestra": [(f"Kestra {version}", partial(kestra.install, version)) for version in kestra.VERSIONS],
    "airflow": [("Airflow", airflow.install)],
    "github": [("GitHub (act, actionlint, language service)", github.install)],
}


def main(arguments: list[str]) -> int:
    """Install what was named; 0 when all is there, 1 when something is missing (one line each), 2 on a wrong name."""
    names = list(INSTALLERS) if not arguments or "all" in arguments else arguments
    if unknown := [name for name in names if name not in INSTALLERS]:
        print(f"unknown engine {', '.join(unknown)}; known: {', '.join([*INSTALLERS, 'all'])}", file=sys.stderr)
        return 2
    # Kestra and GitHub run scripts with it; it costs seconds, so it always comes along.
    _install("Python for scripts", tools.install)
    results = [_install(label, installer) for name in names for label, installer in INSTALLERS[name]]
    return 0 if all(results) else 1


def _install(label: str, installer: Callable[[], list[Path]]) -> bool:
    began = time.monotonic()
    try:
        folders = installer()
    except cache.Missing as missing:
        print(f"engines: {label}: {missing.reason}\n  remedy: {missing.remedy}", file=sys.stderr)
        return False
    print(
        f"engines: {label}: ready in {time.monotonic() - began:.1f} s ({', '.join(f.name for f in folders)})",
        flush=True,
    )
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
