"""One run of one example against doubles of the systems that it talks to, and what must be seen at them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines.engine import TriggerEvent
from engines.world import Reply, World

if TYPE_CHECKING:
    from engines.objects import ObjectStore

VENDORS = {
    "https://api.github.com": "/github",
    "https://api.todoist.com/api/v1": "/todoist",
    "https://canny.io/api/v1": "/canny",
    "https://events.pagerduty.com": "/pagerduty",
    "https://api.stripe.com": "/stripe",
}
"""The addresses of vendors, and the path of their double on the world's server."""

HURRY = (
    (r"exponential\(attempts: (\d+), first: \w+, max: \w+\)", r"fixed(attempts: \1, every: 100ms)"),
    (r"every (30s|1m) for \w+", "every 1s for 2s"),
    (r"every 30s within", "every 1s within"),
)
"""Waits of the examples, which nobody would sit through, and what stands for them in a test."""


@dataclass
class Place:
    """What a scenario is given. folder: of its own. world: the doubles. database: the URL of an empty PostgreSQL.

    store: the bucket that it names, None when it names none.
    """

    folder: Path
    world: World
    database: str
    store: ObjectStore | None = None


@dataclass(frozen=True)
class Scenario:
    """name: of the example and what happens. replies: path → answers in turn, the last one again. state: of the run.

    inputs, secrets, configs, event: what the run is given; texts in them may hold {url}, {folder}, {database}
    and {store}.
    calls: path → how often it must have been called. bodies: path → the JSON of each request, in order of arrival.
    decision: of the person who is asked (None: nobody is). but: engine → why it does not run there.
    prepare: makes what the flow needs beside its doubles; gives the folder of stand-ins for programs, or "".
    bucket: the S3 bucket that it needs, "" for none. attempts: task instance → how often it was tried.
    check: what else must be seen; gives what is wrong. edits: further changes of the text, for this machine.
    """

    name: str
    replies: Mapping[str, tuple[Reply, ...]]
    state: str = "succeeded"
    inputs: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    configs: Mapping[str, str] = field(default_factory=dict)
    event: TriggerEvent | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    bodies: Mapping[str, list[Any]] = field(default_factory=dict)
    decision: bool | None = None
    but: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Place], str] = lambda _place: ""
    check: Callable[[Place], list[str]] = lambda _place: []
    edits: tuple[tuple[str, str], ...] = ()
    bucket: str = ""
    attempts: Mapping[str, int] = field(default_factory=dict)

    @property
    def example(self) -> str:
        """The stem of the example's file."""
        return self.name.split()[0]

    def source(self, text: str, place: Place) -> str:
        """The example's text with the waits of a test."""
        for pattern, short in (*HURRY, *self.edits):
            text = re.sub(pattern, filled(short, place), text)
        return text

    def problems(self, place: Place) -> list[str]:
        """What the doubles saw that is not as it should be."""
        found = [
            f"{path} was called {place.world.count(path)} times, not {wanted}"
            for path, wanted in self.calls.items()
            if place.world.count(path) != wanted
        ]
        for path, wanted in self.bodies.items():
            seen = [request.json() for request in place.world.requests(path)]
            found += [f"{path} got {seen}, not {wanted}"] if sorted(map(str, seen)) != sorted(map(str, wanted)) else []
        unscripted = {request.path for request in place.world.requests()} - set(self.replies)
        return [
            *found,
            *(f"{path} was called, which nobody expected" for path in sorted(unscripted)),
            *self.check(place),
        ]


def filled(value: str, place: Place) -> str:
    """A text with the addresses of the doubles and of the store, the folder and the database in it."""
    known = {"url": place.world.url, "folder": str(place.folder), "database": place.database}
    known |= {"store": place.store.endpoint} if place.store else {}
    for name, text in known.items():
        value = value.replace(f"{{{name}}}", text)
    return value
