"""Installs Airflow into a virtual environment of its own, and keeps an empty migrated database to copy."""

from __future__ import annotations

import sys
from pathlib import Path

from engines import cache
from engines.tools import make_venv

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
# What every Airflow process of the tests is told; no example DAGs, and no log lines below errors.
SETTINGS = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}


def install() -> list[Path]:
    """Install if it is not there yet; returns the folder. Raises cache.Missing."""
    return [cache.install(_name(), _build)]


def folder() -> Path:
    """The installed folder: `venv`, and `home` with an empty migrated database. Raises cache.Missing."""
    return cache.installed(_name())


def python() -> Path:
    """The Python that can import Airflow. Raises cache.Missing."""
    return folder() / "venv" / "bin" / "python"


def _name() -> str:
    return f"airflow-{cache.digest(REQUIREMENTS)}-python{sys.version_info[0]}.{sys.version_info[1]}"


def _build(target: Path) -> None:
    venv = target / "venv"
    make_venv(venv, REQUIREMENTS)
    cache.call(
        [venv / "bin" / "airflow", "db", "migrate"], cwd=target, env={**SETTINGS, "AIRFLOW_HOME": str(target / "home")}
    )
