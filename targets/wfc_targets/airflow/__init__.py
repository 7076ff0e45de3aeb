"""Airflow 3.3: a flow becomes one DAG file, with one helper module beside all of them."""

from __future__ import annotations

from wfc.target import Target
from wfc_targets.airflow.capabilities import CAPABILITIES, OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import Flow, Project
    from wfc.target import Compiled


def compile_flow(project: Project, flow: Flow, version: str) -> Compiled:
    """Lower and emit one flow; the work is imported when it is asked for."""
    from wfc_targets.airflow.flow import compile_flow as work

    return work(project, flow, version)


# Who starts a run by the REST API has logged in (airflow.apache.org, "Public API", Authentication).
MOOT = (("WF610", ("",)),)

TARGET = Target("airflow", "Apache Airflow", ("3.3",), "dags", ".py", CAPABILITIES, OPTIONS, compile_flow, MOOT)
