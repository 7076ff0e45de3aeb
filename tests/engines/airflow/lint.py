"""What ruff says of emitted Python: its rules for Airflow, and whether its formatter would change anything."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from engines import cache
from engines.engine import Files

# Not the settings of this repository: ruff's defaults, and the line length of Airflow's own code.
CHECK = ("check", "--isolated", "--select", "AIR", "--preview", "--output-format", "json", "--line-length", "110")
FORMAT = ("format", "--isolated", "--check", "--diff", "--line-length", "110")


def check(files: Files) -> list[str]:
    """Problems of the Python files among `files`. Raises cache.Missing when ruff is not beside this Python."""
    ruff = Path(sys.executable).parent / "ruff"
    if not ruff.exists():
        raise cache.Missing(f"`ruff` is not installed beside {sys.executable}", "run `make setup`")
    with tempfile.TemporaryDirectory(prefix="wfc-lint-") as folder:
        for name, text in files.items():
            if name.endswith(".py"):
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        found = json.loads(_ruff(ruff, CHECK, folder) or "[]")
        rules = [
            f"{_relative(f['filename'], folder)}:{f['location']['row']}: {f['code']} {f['message']}" for f in found
        ]
        difference = _ruff(ruff, FORMAT, folder)
    return rules + ([f"ruff format would change:\n{difference}"] if difference.strip() else [])


def _ruff(ruff: Path, arguments: tuple[str, ...], folder: str) -> str:
    return subprocess.run([ruff, *arguments, "."], cwd=folder, capture_output=True, text=True, timeout=60).stdout


def _relative(path: str, folder: str) -> str:
    return str(Path(path).resolve().relative_to(Path(folder).resolve()))
