"""What each construct becomes on Airflow, as rows for the documentation."""

from __future__ import annotations

from wfc.target import EMULATED, NATIVE, UNSUPPORTED, Capability

OPTIONS = ()
FLOW = "put it into a flow of its own and call it with `flow.run`"

CAPABILITIES = (
    Capability("sequence", NATIVE, "`a >> b`; `all_success`, or `none_failed` behind what may be skipped"),
    Capability("parallel", NATIVE, "tasks without an edge between them; all of them run to their end"),
    Capability(
        "parallel fail_fast",
        UNSUPPORTED,
        "Airflow has it for a whole DAG only, and skips handlers there",
        remedy="leave `fail_fast` out: the siblings then run to their end",
    ),
    Capability(
        "if", NATIVE, "`@task.branch`; in a mapped group, where it skips nothing, a guard on each task", "1 branch"
    ),
    Capability("match", NATIVE, "`@task.branch`", "1 branch"),
    Capability(
        "for",
        NATIVE,
        "written out for up to 8 constant items; else a mapped task group whose items wait for the one "
        "before by rescheduling",
        "1 task where the list is computed",
    ),
    Capability(
        "for max",
        NATIVE,
        "a mapped task group; the limit is `max_active_tis_per_dagrun`, `max_active_tasks`, or a pool "
        "that is deployed beside the DAG",
        "1 task where the list is computed",
    ),
    Capability(
        "nested for",
        EMULATED,
        "one of the two lists must be constant, and is written out: Airflow maps no group in a group",
        remedy=FLOW,
    ),
    Capability("try", EMULATED, "`all_done` and a guard that asks for the state `failed`"),
    Capability("on failure", EMULATED, "behind a gate that waits for the whole body", "1 gate, 1 sentinel"),
    Capability(
        "finally",
        EMULATED,
        "teardowns for plain tasks, else tasks that wait for everything; a sentinel keeps the run failed",
        "1 sentinel",
    ),
    Capability(
        "workspace",
        EMULATED,
        "a setup makes a directory under $WFC_WORKSPACES, which all workers must share; a teardown removes it",
        "1 setup, 1 teardown",
    ),
    Capability("approve", NATIVE, "`ApprovalOperator(fail_on_reject=True)`"),
    Capability("approve fields", NATIVE, "the form of `ApprovalOperator`"),
    Capability("require", NATIVE, "a task that raises AirflowFailException", "1 task"),
    Capability("stop", NATIVE, "`@task.short_circuit`, which skips all but teardowns", "1 gate"),
    Capability("fail", NATIVE, "a task that raises AirflowFailException", "1 task"),
    Capability(
        "retry",
        NATIVE,
        "`retries`, `retry_delay`; exponential pauses are Airflow's, which adds up to as much again by "
        "chance; http and llm keep the pauses exactly by a retry policy",
    ),
    Capability("timeout", NATIVE, "`execution_timeout`; a process that ignores SIGTERM goes on"),
    Capability("fallback", EMULATED, "`all_done` and a guard; a value takes a task too", "1 task for a value"),
    Capability("undo", EMULATED, "behind the gate, each with a guard that its task succeeded", "1 gate, 1 sentinel"),
    Capability(
        "undo in a loop",
        EMULATED,
        "a mapped task over a list of what succeeded, last item first; several of them in "
        "one loop go task by task, with a warning",
        "1 task",
    ),
    Capability("until", NATIVE, "a sensor"),
    Capability("holds", EMULATED, "a sensor that fails when the condition does not hold"),
    Capability(
        "idempotent", NATIVE, "an `Idempotency-Key` header, $WFC_IDEMPOTENCY_KEY; `run_id` stays when tasks are cleared"
    ),
    Capability("when", NATIVE, "`pre_execute` raises AirflowSkipException"),
    Capability("shell", NATIVE, "BashOperator without Jinja in the script"),
    Capability("python", NATIVE, "`@task`"),
    Capability("python packages", NATIVE, "`@task.virtualenv`; its arguments must be plain results or inputs"),
    Capability(
        "image",
        UNSUPPORTED,
        "a task runs where its worker runs",
        remedy="let the worker run in that image",
    ),
    Capability("http", NATIVE, "an operator over urllib, whose retry policy knows the status"),
    Capability("sql", NATIVE, "the hook of a connection that bears the name of the secret"),
    Capability("sleep", NATIVE, "`WaitSensor`"),
    Capability("flow.run", NATIVE, "`TriggerDagRunOperator(wait_for_completion=True)`"),
    Capability("llm", NATIVE, "http, with a check of the answer"),
    Capability("input", NATIVE, "`Param`; a default that is computed is null in the form"),
    Capability("secret", NATIVE, "the password of a connection of that name; of one with a host, all of it as a URL"),
    Capability("config", NATIVE, "a Variable of that name"),
    Capability("output", EMULATED, "the result of a last task named `outputs`", "1 task"),
    Capability("file values", EMULATED, "object storage under $WFC_FILES; a reader gets a local copy"),
    Capability("expressions", NATIVE, "Python in a function of the context, just before the work"),
    Capability("budget time", EMULATED, "what is left bounds each attempt; `dagrun_timeout` would skip `finally`"),
    Capability("concurrency queue", NATIVE, "`max_active_runs`"),
    Capability("concurrency skip", UNSUPPORTED, "runs only wait", remedy="write `concurrency N queue`"),
    Capability("concurrency cancel", UNSUPPORTED, "runs only wait", remedy="write `concurrency N queue`"),
    Capability("concurrency by", UNSUPPORTED, "the limit is of the whole DAG", remedy="write `concurrency N queue`"),
    Capability("on schedule", NATIVE, "CronTriggerTimetable, in one time zone"),
    Capability("on manual", NATIVE, "a run by the UI, the CLI or the REST API"),
    Capability(
        "on webhook",
        EMULATED,
        "a call of the REST API with the payload as `conf`, with a warning",
        remedy="let the sender, or a small gateway, make that call",
    ),
    Capability(
        "on file",
        EMULATED,
        "a second DAG `<flow>_watch` looks every minute, a relative glob is below $WFC_FILES; path, time and size make "
        "the id of the run, so a file starts one, until that is deleted",
        "1 DAG of 2 tasks",
    ),
    Capability("on flow", NATIVE, "an asset that the other DAG updates when it succeeds"),
    Capability(
        "on github and gitlab events",
        EMULATED,
        "a call of the REST API with the payload as `conf`, with a warning; the filters are a short circuit in front, "
        "only with one trigger and without `finally`",
        "1 gate",
        remedy="let a small gateway make that call",
    ),
    Capability("where", EMULATED, "a short circuit in front; only with one trigger and without `finally`", "1 gate"),
)
