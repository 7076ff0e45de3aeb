"""A Python for the script tasks of all engines, with the packages that a compiled flow would install."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from engines import cache

REQUIREMENTS = Path(__file__).parent / "tools-requirements.txt"


def install() -> list[Path]:
    """Install if it is not there yet; returns the folder. Raises cache.Missing."""
    return [cache.install(_name(), _build)]


def python_folder() -> Path:
    """The `bin` folder that script tasks find first on PATH. Raises cache.Missing."""
    return cache.installed(_name()) / "venv" / "bin"


def make_venv(venv: Path, requirements: Path) -> None:
    """A virtual environment with pip and the pinned requirements; by uv where there is one. Raises cache.Missing."""
    uv = shutil.which("uv")
    if uv:
        cache.call([uv, "venv", "-q", "--seed", "--python", sys.executable, venv])
        cache.call([uv, "pip", "install", "-q", "-p", venv, "-r", requirements])
    else:
        cache.call([sys.executable, "-m", "venv", venv])
        cache.call([venv / "bin" / "python", "-m", "pip", "install", "-q", "-r", requirements])


def _name() -> str:
    return f"script-python-{cache.digest(REQUIREMENTS)}-{sys.version_info[0]}.{sys.version_info[1]}"


def _build(folder: Path) -> None:
    make_venv(folder / "venv", REQUIREMENTS)
