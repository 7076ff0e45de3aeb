"""Files that cross from job to job: an upload behind the step that made one, a download in front of its reader."""

from __future__ import annotations

from wfc.types import OptionalType
from wfc_targets.github import model
from wfc_targets.github.wires import JSON, insert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.github.draft import JobDraft, Site
    from wfc_targets.github.wires import Wire

TRANSFER = 5 * 60_000
"""What an upload or download is given in the worst case, in milliseconds."""
FIRST = ("run_date", "inputs", "budget")
"""The steps of the start of a run, behind which a job fetches what it needs."""


def handed_on(site: Site, output: str, local: Wire, reader: JobDraft) -> str:
    """The expression of the path under which `reader` finds a file that a step of another job made."""
    name = f"{site.step}.{output}"
    path = f"fromJSON({local.text})" if local.form == JSON else local.text
    if not any(step.uses == model.UPLOAD and dict(step.inputs)["name"] == name for step in site.job.steps):
        _upload(site, name, path)
    step = f"{site.step}_{output}_file"
    if not any(known.id == step for known in reader.steps):
        _download(name, step, isinstance(local.type, OptionalType), reader)
    reader.need(site.job.id)
    return f"steps.{step}.outputs.path"


def _upload(site: Site, name: str, path: str) -> None:
    made = site.fallback or site.step
    position = next(number for number, step in enumerate(site.job.steps, 1) if step.id == made)
    condition = f"{path} != ''" if site.conditional or site.fallback else ""
    inputs = (("name", name), ("path", insert(path)), ("if-no-files-found", "error"), ("retention-days", 1))
    step = model.Step(name=f"keep the file {name}", condition=condition, uses=model.UPLOAD, inputs=inputs)
    site.job.steps.insert(position, step)
    site.job.spend(TRANSFER)


def _download(name: str, step: str, optional: bool, reader: JobDraft) -> None:
    swallow = "the task that makes it may have been skipped" if optional else ""
    inputs = (("name", name), ("path", f"{insert('runner.temp')}/{name}"))
    fetch = model.Step(name=f"fetch the file {name}", swallow=swallow, uses=model.DOWNLOAD, inputs=inputs)
    run = f"""file=("$RUNNER_TEMP/{name}"/*)
echo "path=${{file[0]}}" >> "$GITHUB_OUTPUT"
"""
    find = model.Step(name=f"path of the file {name}", id=step, run=run)
    into(reader, [fetch, find])
    reader.spend(TRANSFER)


def into(job: JobDraft, steps: list[model.Step]) -> None:
    """Put steps at the beginning of a job."""
    position = next((number for number, step in enumerate(job.steps) if step.id not in FIRST), len(job.steps))
    job.steps[position:position] = steps
