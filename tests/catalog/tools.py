"""The Python packages that actions are tested with: dbt, boto3, psycopg and moto's stand-in for S3."""

from __future__ import annotations

import sys
from pathlib import Path

from engines import cache
from engines.tools import make_venv

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def binaries() -> Path:
    """The `bin` folder of their virtual environment, made when it is not there. Raises cache.Missing."""
    name = f"catalog-python-{cache.digest(REQUIREMENTS)}-{sys.version_info[0]}.{sys.version_info[1]}"
    return cache.install(name, lambda folder: make_venv(folder / "venv", REQUIREMENTS)) / "venv" / "bin"
