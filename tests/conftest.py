"""Fixtures for all tests: the real engines, a scripted web server, PostgreSQL; see tests/engines/README.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import pytest

from engines import cache
from engines.airflow.engine import Airflow
from engines.airflow.scheduler import Scheduler
from engines.engine import Engine
from engines.github.engine import GitHub
from engines.kestra.engine import Kestra
from engines.postgres import Postgres
from engines.world import World

if TYPE_CHECKING:
    from engines.objects import ObjectStore, ObjectStores

Started = TypeVar("Started")

# The fixtures that need a real engine; a test that uses one of them is marked `engine`.
ENGINES = ("kestra_2_0", "kestra_1_3", "airflow", "airflow_scheduler", "github", "postgres")


# No test leaves findings in the caches of the machine.
os.environ["WFC_CACHE"] = os.devnull


def pytest_addoption(parser: pytest.Parser) -> None:
    """--bless: write golden files anew instead of comparing them."""
    parser.addoption("--bless", action="store_true", help="write golden files anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs a real engine, so that `-m "not engine"` leaves no engine to start.

    The long tests go first: at the end of a run one of them would keep one worker busy while the others are idle.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if {"engine", *ENGINES} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.engine)
        if "airflow_scheduler" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.scheduler)


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
def airflow_scheduler(airflow: Airflow, postgres_server: Postgres) -> Iterator[Scheduler]:
    """Airflow by its scheduler."""
    engine = started(lambda: Scheduler(airflow, postgres_server))
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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests."""
    server = started(Postgres)
    yield server
    server.close()


@pytest.fixture
def postgres(postgres_server: Postgres) -> str:
    """The URL of an empty database of the test's own."""
    return postgres_server.database()


@pytest.fixture(scope="session")
def object_stores() -> Iterator[ObjectStores]:
    """One S3 server for all tests."""
    # Imported here because moto takes a second, which most test runs do not need.
    from engines.objects import ObjectStores

    server = ObjectStores()
    yield server
    server.close()


@pytest.fixture
def object_store(object_stores: ObjectStores) -> ObjectStore:
    """An empty bucket of the test's own."""
    return object_stores.bucket()
