"""Fixtures for all tests: the real engines, a scripted web server, PostgreSQL; see tests/engines/README.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from engines import cache
from engines.airflow.engine import Airflow
from engines.engine import Engine
from engines.github.engine import GitHub
from engines.kestra.engine import Kestra
from engines.world import World

Started = TypeVar("Started")

# The fixtures that need a real engine; a test that uses one of them is marked `engine`.
ENGINES = ("kestra_2_0", "kestra_1_3", "airflow", "airflow_scheduler", "github")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs a real engine, so that `-m "not engine"` leaves no engine to start."""
    for item in items:
        if {"engine", *ENGINES} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.engine)


def started(start: Callable[[], Started]) -> Started:
    """What `start` makes; when it is not installed, a visible skip, or a failure under WFC_REQUIRE_ENGINES=1."""
    try:
        return start()
    except cache.Missing as missing:
        if os.environ.get("WFC_REQUIRE_ENGINES") == "1":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def kestra_2_0() -> Iterator[Kestra]:
    """Kestra 2.0.0."""
    engine = started(lambda: Kestra("2.0.0"))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def kestra_1_3() -> Iterator[Kestra]:
    """Kestra 1.3.31."""
    engine = started(lambda: Kestra("1.3.31"))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def airflow() -> Iterator[Airflow]:
    """Airflow by `dag.test()`."""
    engine = started(Airflow)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def github() -> Iterator[GitHub]:
    """GitHub Actions by act."""
    engine = started(GitHub)
    yield engine
    engine.close()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine a test was parametrised with: `@pytest.mark.parametrize("engine", ["github", …], indirect=True)`."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def world() -> Iterator[World]:
    """A web server on loopback whose answers the test scripts; it keeps every request."""
    with World() as server:
        yield server
