"""What GitHub Actions can do with each construct, as rows for the documentation, and the target's options."""

from __future__ import annotations

from wfc.target import EMULATED, NATIVE, UNSUPPORTED, Capability, Option

CAPABILITIES = (
    Capability("sequence", NATIVE, "steps of one job, in their order; the first failure ends it"),
    Capability("parallel", NATIVE, "jobs with `needs`; a chain of the graph shares a job", "1 job a branch"),
    Capability("parallel fail_fast", NATIVE, "as `parallel`: GitHub lets siblings finish, which the meaning permits"),
    Capability("if", NATIVE, "`if:` on each step or job; a condition GitHub can't compute exactly, in a step in front"),
    Capability("match", NATIVE, "`if:` on each step or job; the step that made the enum has checked its member"),
    Capability("for", NATIVE, "a written list is unrolled into steps, up to 24; else a matrix, one leg at a time, "
               "ended by its first failure", "1 job an item, when the list is not written out"),
    Capability("for max", NATIVE, "a matrix with `max-parallel`; `max 1` over a written list: steps", "1 job an item"),
    Capability("nested for", NATIVE, "an inner list that is written out is unrolled in the leg; one that is only known "
               "at run time is refused", remedy="put the inner loop into a flow of its own"),
    Capability("try", NATIVE, "`continue-on-error` on the steps, `if:` on their outcomes; across jobs by an output"),
    Capability("on failure", NATIVE, "last steps, `if: failure()`; a job when the flow has several", "1 job or none"),
    Capability("finally", NATIVE, "last steps, `if: always()`; a job when the flow has several", "1 job or none"),
    Capability("workspace", NATIVE, "a job, whose directory it is; inside a loop the leg's job", "1 job"),
    Capability("approve", NATIVE, "the environment of the job that follows; reviewers are set in the repository, "
               "GitHub waits 30 days", "1 job"),
    Capability("approve fields", UNSUPPORTED, "reviewers approve or reject, nothing else", "",
               "leave the form and the fallback out, or make the value an input of the flow"),
    Capability("require", NATIVE, "a step that fails with the message as an error annotation"),
    Capability("stop", NATIVE, "a notice; every step and job behind it asks whether it ran"),
    Capability("fail", NATIVE, "an error annotation and `exit 1`"),
    Capability("retry", EMULATED, "a loop in the step, the pauses written out; each failed attempt is a warning"),
    Capability("timeout", NATIVE, "`timeout-minutes` for whole minutes, else coreutils `timeout` in the step"),
    Capability("fallback", NATIVE, "a second step that runs when the first did not succeed"),
    Capability("undo", NATIVE, "steps or a job behind all others, last first", "1 job or none"),
    Capability("undo in a loop", EMULATED, "steps where the loop is steps; of a matrix, a second matrix, last item "
               "first, which reads what each leg left as an artifact", "1 job an item"),
    Capability("until", EMULATED, "a loop in the step; the waiting is billed"),
    Capability("holds", EMULATED, "a loop in the step; the waiting is billed"),
    Capability("idempotent", NATIVE, "the key from `github.run_id`, which a re-run keeps"),
    Capability("when", NATIVE, "`if:` on the step"),
    Capability("shell", NATIVE, "`run:` under `bash -euo pipefail`; values by `env:`; outputs checked by the step"),
    Capability("python", NATIVE, "`shell: python`; the body is a function, its result is checked"),
    Capability("python packages", EMULATED, "a virtual environment in the step"),
    Capability("image", UNSUPPORTED, "an image is that of a whole job", "",
               "leave it out and call `docker run` in the script"),
    Capability("http", EMULATED, "curl in a loop, jq for the body (`curl --retry` leaves out resets and 425)"),
    Capability("sql", EMULATED, "psql, which quotes the variables itself (PostgreSQL)"),
    Capability("sleep", NATIVE, "`sleep`"),
    Capability("flow.run", NATIVE, "a job that calls the other workflow; not inside a loop, `try` or handler, and "
               "without `retry`, `timeout`, `fallback` and `undo`", "1 job"),
    Capability("llm", EMULATED, "curl in a loop; an answer that does not fit is asked again"),
    Capability("input", NATIVE, "`workflow_dispatch` and `workflow_call` inputs; a computed default, in a step"),
    Capability("secret", NATIVE, "`secrets.NAME`, in the step that reads it"),
    Capability("config", NATIVE, "`vars.NAME`"),
    Capability("output", NATIVE, "`workflow_call` outputs, where another flow calls this one"),
    Capability("file values", EMULATED, "the path inside a job; between jobs an artifact of one day", "2 steps"),
    Capability("expressions", EMULATED, "GitHub's own where they mean the same (comparisons of numbers and enums, "
               "`??`, texts of values); else a Python step in front"),
    Capability("budget time", EMULATED, "an end noted by the first step, which bounds every attempt after it"),
    Capability("concurrency queue", NATIVE, "a concurrency group; GitHub keeps one waiting run"),
    Capability("concurrency skip", UNSUPPORTED, "a new run either waits or ends the older one", "",
               "write `concurrency 1 queue` or `concurrency 1 cancel`"),
    Capability("concurrency cancel", NATIVE, "`cancel-in-progress: true`"),
    Capability("concurrency by", NATIVE, "the key is part of the group's name"),
    Capability("on schedule", NATIVE, "`schedule` with `timezone`"),
    Capability("on manual", NATIVE, "`workflow_dispatch`"),
    Capability("on webhook", NATIVE, "`repository_dispatch`: the caller uses GitHub's API and its credentials"),
    Capability("on file", UNSUPPORTED, "no event tells of a new file", "", "use `schedule` and look for new files"),
    Capability("on flow", NATIVE, "`workflow_run`"),
    Capability("on github and gitlab events", NATIVE, "events of the repository the workflow stands in; gitlab: none"),
    Capability("where", NATIVE, "`if:` of the first jobs; computed by a job in front where needed", "1 job or none"),
)  # fmt: skip

OPTIONS = (
    Option("runs_on", "string", "The runner of all jobs.", "ubuntu-24.04"),
    Option("environment", "string", "The environment whose secrets and rules all jobs use."),
    Option("parallel", "string", "Are branches and items jobs, or steps of one job?", "jobs", ("jobs", "steps")),
    Option("permissions", "list", "What the token of the jobs may do, such as `contents: read`; nothing unless said."),
    Option("checkout", "bool", "Check the repository out at the beginning of each job.", False),
)
