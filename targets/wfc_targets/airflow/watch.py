"""`on file` → a DAG of its own that looks every minute, and starts a run of the flow for each file that it finds."""

from __future__ import annotations

from wfc.target import Entry
from wfc_targets.airflow.model import Dag, Draft, Function, Line
from wfc_targets.airflow.report import unsupported
from wfc_targets.common.python_source import Call, Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wfc import ir
    from wfc_targets.airflow.names import Names

EVERY = "* * * * *"
"""The schedule of the look: the shortest that cron can say."""


def check(names: Names, triggers: Sequence[ir.Trigger]) -> None:
    """Report what stands in the way of the DAG that watches."""
    for trigger in triggers[1:]:
        unsupported(
            names,
            trigger.span,
            "a second `on file`",
            "A run could not tell which of the two globs its file came from.",
            "write one glob for both, or two flows",
        )
    name = f"{names.flow.name}_watch"
    if triggers and any(flow.name == name for flow in names.project.flows):
        unsupported(
            names,
            triggers[0].span,
            f"`on file` beside a flow `{name}`",
            "The DAG that looks for files would have its name.",
            "give that flow another name",
        )


def dag(names: Names, trigger: ir.Trigger, header: tuple[str, ...]) -> Dag:
    """The DAG that watches. header: the last lines of its docstring, which say where it comes from."""
    flow, glob = names.flow.name, str(dict(trigger.args)["path"])
    imports = (
        ("airflow.providers.standard.operators.trigger_dagrun", ("TriggerDagRunOperator",)),
        ("airflow.sdk", ("DAG", "task")),
    )
    arguments = (
        ("schedule", EVERY),
        ("catchup", False),
        ("max_active_runs", 1),
        ("default_args", {"retries": 0}),
        ("doc_md", Code("__doc__")),
        ("tags", ["wfc"]),
    )
    about = [f"Looks every minute for files {glob}, and starts {flow} for each."]
    if "://" not in glob and not glob.startswith("/"):
        about = [f"Looks every minute for files {glob} under $WFC_FILES, and starts {flow} for each."]
    return Dag(
        f"{flow}_watch", (*escaped(about), *header), (), imports, (), arguments, tuple(drafts(flow, glob)), False
    )


def escaped(lines: Sequence[str]) -> list[str]:
    """Lines as they may stand in a docstring."""
    return [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]


def drafts(flow: str, glob: str) -> Iterator[Draft]:
    """Its two tasks: one lists what is new, the other, mapped over that, makes the runs."""
    files = Draft("files", "glue", "")
    listed = Call("wfc.arrived", ((None, Code("context")), (None, glob), (None, flow)))
    files.function = Function("files", "**context", (Line("return ", listed),))
    yield files
    start = Draft("start", "glue", "", operator="TriggerDagRunOperator")
    start.arguments = [("trigger_dag_id", flow), ("skip_when_already_exists", True)]
    start.expand = "files"
    yield start


def entries(names: Names, trigger: ir.Trigger) -> Iterator[Entry]:
    """Its tasks in the manifest of the flow."""
    artifact = f"{names.flow.name}_watch.py"
    for draft in drafts(names.flow.name, ""):
        yield Entry(draft.id, draft.path, draft.role, draft.section, trigger.span, artifact)
