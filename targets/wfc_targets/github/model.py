"""The part of GitHub's workflow vocabulary that is emitted: a workflow of jobs, a job of steps.

Source of all keys: docs.github.com, "Workflow syntax for GitHub Actions".
"""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Json

RUNNER = "ubuntu-24.04"
"""A fixed label: `ubuntu-latest` changes its meaning over time."""

UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
PINS = {UPLOAD: "v7.0.1", DOWNLOAD: "v8.0.1", CHECKOUT: "v7.0.1"}
"""The third-party text a workflow may use, pinned by commit, and the release each commit is."""


class Step(Record):
    """One step. condition: an expression without `${{ }}`. swallow: why a failure does not fail the job."""

    name: str
    id: str = ""
    condition: str = ""
    swallow: str = ""
    timeout_minutes: int | None = None
    uses: str = ""
    inputs: tuple[tuple[str, str | int | bool], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    shell: str = ""
    run: str = ""


class Matrix(Record):
    """The legs of a job: `variable` takes each of `items`, a list or an expression that gives one."""

    variable: str
    items: str | tuple[tuple[int, str], ...]
    max_parallel: int
    fail_fast: bool


class Job(Record):
    """One job: steps on one machine, or (`uses`) a call of another workflow.

    secrets: names handed to the called workflow. permissions: (scope, access, why). timeout_minutes None: GitHub's.
    """

    id: str
    name: str
    needs: tuple[str, ...] = ()
    condition: str = ""
    environment: str = ""
    matrix: Matrix | None = None
    permissions: tuple[tuple[str, str, str], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    runs_on: str = RUNNER
    timeout_minutes: int | None = None
    steps: tuple[Step, ...] = ()
    uses: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()


class Workflow(Record):
    """One file. on: event → its mapping, as `on:` wants it. comments: event → a comment on its line.

    group: of concurrency, "" for none.
    """

    name: str
    header: tuple[str, ...]
    on: tuple[tuple[str, Json], ...]
    comments: tuple[tuple[str, str], ...]
    group: str
    cancel_in_progress: bool
    jobs: tuple[Job, ...]
