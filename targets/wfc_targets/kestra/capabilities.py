"""What each construct becomes on Kestra 2.0 and 1.3, as rows for the documentation."""

from __future__ import annotations

from wfc.target import EMULATED, NATIVE, UNSUPPORTED, Capability

CAPABILITIES = (
    Capability("sequence", NATIVE, "the order of `tasks:`; the first failure ends the list"),
    Capability(
        "parallel",
        EMULATED,
        "Parallel, or Dag where `after` makes a graph; Kestra kills the siblings of a failed task, so branches end "
        "WARNING in an AllowFailure and a gate fails behind the block",
        "1 wrapper a branch that may fail, 1 gate",
    ),
    Capability("parallel fail_fast", NATIVE, "Parallel or Dag as they are"),
    Capability("if", NATIVE, "If; a condition that Pebble can't compute, in a Python task in front"),
    Capability("match", NATIVE, "Switch"),
    Capability("for", NATIVE, "2.0: Loop; 1.3: ForEach over a flow of its own for the body", "1.3: 1 flow"),
    Capability(
        "for max", EMULATED, "the same with `concurrencyLimit`, all items run; a gate fails behind it", "1 gate"
    ),
    Capability(
        "nested for",
        NATIVE,
        "2.0: a Loop in a Loop, and a Return in front that keeps inputs and the event for the inner one, which sees "
        "neither; 1.3: a flow in a flow",
        "2.0: 1 task; 1.3: 1 flow a loop",
    ),
    Capability(
        "try",
        EMULATED,
        "a Sequential with `allowFailure` and `allowWarning`, the recovery in its `errors:`; a failed recovery, which "
        "Kestra would swallow, is seen by a gate",
        "1 wrapper, 1 gate",
    ),
    Capability(
        "on failure",
        NATIVE,
        "the flow's `errors:`, behind the undo tasks; several in a Sequential, as `errors:` goes on behind a failure",
        "1 wrapper",
    ),
    Capability(
        "finally",
        NATIVE,
        "the flow's `finally:`; an Exit behind it, since its failure would leave the run green",
        "1 gate",
    ),
    Capability(
        "workspace",
        NATIVE,
        "WorkingDirectory; its tasks take `when`, and `retry` or `timeout`; scripts make their attempts themselves, "
        "as a retry of the engine hangs the run",
    ),
    Capability("approve", NATIVE, "Pause that fails at its timeout, a gate for `no`; `by` is not held", "1 gate"),
    Capability("approve fields", NATIVE, "`onResume` inputs"),
    Capability("require", NATIVE, "Fail with a condition"),
    Capability("stop", EMULATED, "the rest of the sequence as `else:` of the If: Exit would skip `finally`"),
    Capability("fail", NATIVE, "Fail"),
    Capability(
        "retry",
        NATIVE,
        "`retry:`; alone in a Sequential unless it is the first of its list, since Kestra would run it twice; "
        "http and llm make their attempts inside",
        "1 wrapper",
    ),
    Capability("timeout", NATIVE, "`timeout:`; not kept on `flow.run`"),
    Capability("fallback", EMULATED, "a Sequential with the other call in its `errors:`", "1 wrapper, 1 gate"),
    Capability("undo", NATIVE, "tasks in front of `errors:`, last first, that run when their task's state is SUCCESS"),
    Capability(
        "undo in a loop",
        EMULATED,
        "a loop over the iterations, last first; 1.3: over a flow of its own, given what the iteration handed out",
        "1 loop; 1.3: 1 flow a loop",
    ),
    Capability("until", NATIVE, "LoopUntil with `failOnMaxReached`"),
    Capability("holds", EMULATED, "LoopUntil over the negation, then a gate", "1 gate"),
    Capability("idempotent", NATIVE, "the key from `execution.originalId`, which a restart and a replay keep"),
    Capability("when", NATIVE, "`runIf`"),
    Capability("shell", NATIVE, "shell.Commands; texts cross by files, since Kestra renders `env` twice"),
    Capability("python", NATIVE, "python.Script; arguments in one args.json, results checked"),
    Capability("python packages", NATIVE, "`beforeCommands: [pip install …]`"),
    Capability("image", NATIVE, "`containerImage`"),
    Capability(
        "http",
        EMULATED,
        "a python.Script over a helper in the flow's variables: core http.Request sends a POST twice and can't tell a "
        "final status from one worth a retry",
    ),
    Capability("sql", EMULATED, "a python.Script with psycopg and bound parameters (PostgreSQL)"),
    Capability("sleep", NATIVE, "Sleep"),
    Capability("flow.run", NATIVE, "Subflow with `wait` and `transmitFailed`"),
    Capability("llm", EMULATED, "as http; the answer is checked against the type"),
    Capability("input", NATIVE, "`inputs:`; float as JSON (FLOAT has 32 bits); int up to 32 bits unless `wide_ints`"),
    Capability("secret", NATIVE, "`secret('NAME')`"),
    Capability("config", NATIVE, "`kv('name')`, the namespace's key-value store"),
    Capability("output", NATIVE, "`outputs:`"),
    Capability("file values", NATIVE, "`outputFiles` and `inputFiles`, in Kestra's storage"),
    Capability(
        "expressions",
        EMULATED,
        "Pebble where it gives the language's value, else Python in the task itself or in one in front",
        "1 task a statement that needs it",
    ),
    Capability(
        "budget time",
        NATIVE,
        "`sla` MAX_DURATION; with handlers or undo the body becomes a flow of its own, since a cut run has none",
        "with handlers or undo: 1 flow",
    ),
    Capability("concurrency queue", NATIVE, "`concurrency: {behavior: QUEUE}`"),
    Capability("concurrency skip", NATIVE, "`concurrency: {behavior: CANCEL}`"),
    Capability(
        "concurrency cancel",
        UNSUPPORTED,
        "a limit can't end an older run",
        remedy="use `queue` or `skip`",
    ),
    Capability(
        "concurrency by", UNSUPPORTED, "a limit counts all runs of a flow", remedy="deploy one flow for each key"
    ),
    Capability("on schedule", NATIVE, "Schedule"),
    Capability("on manual", NATIVE, "every flow can be started by hand"),
    Capability("on webhook", NATIVE, "Webhook; its key is the named secret, else the path"),
    Capability(
        "on file",
        EMULATED,
        "a second flow `<flow>_watch` looks every minute and starts the flow for each new file; what it saw (name, "
        "time, size) is in the key-value store. At least once: a watch that is killed between the two starts a file "
        "again. A relative glob is below the option `folder`",
        "1 flow",
    ),
    Capability("on flow", NATIVE, "Flow trigger: 2.0 `dependsOn`, 1.3 `preconditions`"),
    Capability(
        "on github and gitlab events",
        EMULATED,
        "Webhook, registered for the event in the repository's settings, with a condition on its body; globs of `*` "
        "and `**`",
    ),
    Capability(
        "where",
        NATIVE,
        "2.0 `when`, 1.3 an Expression condition; what Pebble can't compute is tested by the first task, which "
        "ends the run as CANCELLED, without handlers",
        "1 task, 1 gate where it is computed",
    ),
)
