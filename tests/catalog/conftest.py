"""Fixtures of the catalog's tests: the tools that actions call, and the servers that those talk to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from catalog.postgres_server import PostgresServer
from catalog.store_server import StoreServer
from catalog.tools import binaries
from engines import cache

Made = TypeVar("Made")


def made(make: Callable[[], Made]) -> Made:
    """What `make` gives; when something is not on this machine, a visible skip, or a failure where all is demanded."""
    try:
        return make()
    except cache.Missing as missing:
        if os.environ.get("WFC_REQUIRE_ENGINES") == "1":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of programs with dbt, moto and a Python that has the packages of the catalog."""
    return made(binaries)


@pytest.fixture(scope="session")
def python(tools: Path) -> str:
    """The Python for bodies that want packages."""
    return str(tools / "python")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    server = made(PostgresServer)
    yield server
    server.close()


@pytest.fixture
def store(tools: Path) -> Iterator[StoreServer]:
    """An empty S3 store."""
    with StoreServer(tools) as server:
        yield server


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Gives the path of a program, or skips the test."""

    def find(name: str) -> str:
        return made(lambda: cache.tool(name, f"install {name}"))

    assert shutil.which("bash")
    return find
