"""GitHub Actions: one workflow file a flow, tasks as steps that share a job where they can."""

from __future__ import annotations

from wfc.target import Target
from wfc_targets.github.capabilities import CAPABILITIES, OPTIONS
from wfc_targets.github.lower import SYNTAX, compile_flow

TARGET = Target(
    name="github",
    title="GitHub Actions",
    versions=(SYNTAX,),
    folder=".github/workflows",
    suffix=".yml",
    capabilities=CAPABILITIES,
    options=OPTIONS,
    compile=compile_flow,
    # who dispatches an event has a token that may write (docs.github.com, "Create a repository dispatch event"); a job
    # whose runner is lost has failed; the person who scheduled or triggered a workflow that fails gets a mail
    # ("Notifications for workflow runs"), but a webhook arrives with a token, which is no person's that would look
    moot=(("WF415", ("",)), ("WF508", ("schedule", "github.")), ("WF610", ("",))),
)
