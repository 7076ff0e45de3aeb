"""Kestra's vocabulary as records, only what is emitted. Field names are the engine's properties in Python's spelling.

TYPE is the engine's `type`; a field at its default is not written. Texts may hold Pebble (`{{ … }}`), already escaped.
Source of names and meanings: Kestra's own JSON schema and validator, 1.3.31 and 2.0.0.
"""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc_targets.common.yaml import Node

CORE = "io.kestra.plugin.core"


class TaskRetry(Record):
    """type: constant | exponential; durations ISO 8601; max_attempts counts the first."""

    type: str
    interval: str
    max_attempts: int
    max_interval: str | None = None
    delay_factor: float | None = None


class EngineTask(Record):
    """Base of all tasks. run_if: Pebble, the task is SKIPPED when it renders to false."""

    TYPE = ""
    id: str
    description: str | None = None
    run_if: str | None = None
    timeout: str | None = None
    retry: TaskRetry | None = None
    allow_failure: bool = False
    allow_warning: bool = False


class Commands(EngineTask):
    """A bash script. env is rendered twice by the engine, input_files once."""

    TYPE = "io.kestra.plugin.scripts.shell.Commands"
    container_image: str | None = None
    task_runner: Node = None
    interpreter: Node = None
    env: Node = None
    input_files: Node = None
    output_files: Node = None
    commands: Node = None


class Script(EngineTask):
    """A Python script."""

    TYPE = "io.kestra.plugin.scripts.python.Script"
    container_image: str | None = None
    task_runner: Node = None
    before_commands: Node = None
    input_files: Node = None
    output_files: Node = None
    script: Node = None


class Sequential(EngineTask):
    """Tasks one after the other, with handlers of their own."""

    TYPE = f"{CORE}.flow.Sequential"
    tasks: tuple[EngineTask, ...] = ()
    errors: tuple[EngineTask, ...] = ()


class AllowFailure(EngineTask):
    """Tasks one after the other; ends WARNING when one failed."""

    TYPE = f"{CORE}.flow.AllowFailure"
    tasks: tuple[EngineTask, ...] = ()


class Parallel(EngineTask):
    """Tasks at once, `concurrent` of them; a FAILED one cuts its siblings, a WARNING one does not."""

    TYPE = f"{CORE}.flow.Parallel"
    concurrent: int | None = None
    tasks: tuple[EngineTask, ...] = ()


class DagTask(Record):
    """One node of a Dag. depends_on: ids."""

    depends_on: Node
    task: EngineTask


class Dag(EngineTask):
    """Tasks as soon as those they depend on have ended, `concurrent` of them at once."""

    TYPE = f"{CORE}.flow.Dag"
    concurrent: int | None = None
    tasks: tuple[DagTask, ...] = ()


class If(EngineTask):
    """condition: Pebble that renders to true or false."""

    TYPE = f"{CORE}.flow.If"
    condition: str = ""
    then: tuple[EngineTask, ...] = ()
    else_: tuple[EngineTask, ...] = ()


class Switch(EngineTask):
    """The case whose key is the rendered value, else defaults."""

    TYPE = f"{CORE}.flow.Switch"
    value: str = ""
    cases: tuple[tuple[str, tuple[EngineTask, ...]], ...] = ()
    defaults: tuple[EngineTask, ...] = ()


class FlowOutput(Record):
    """An output of a flow or of one iteration of a Loop. required false: may be null."""

    id: str
    type: str
    value: str
    required: bool | None = None


class Loop(EngineTask):
    """2.0: each iteration is an execution of its own. concurrency_limit 0 is no limit; equal values run once."""

    TYPE = f"{CORE}.flow.Loop"
    values: Node = None
    concurrency_limit: int | None = None
    transmit_failed: bool | None = None
    tasks: tuple[EngineTask, ...] = ()
    outputs: tuple[FlowOutput, ...] = ()


class ForEach(EngineTask):
    """1.3: the iterations are task runs of the same execution, keyed by `taskrun.value`."""

    TYPE = f"{CORE}.flow.ForEach"
    values: Node = None
    concurrency_limit: int | None = None
    tasks: tuple[EngineTask, ...] = ()


class CheckFrequency(Record):
    """ISO durations."""

    interval: str
    max_duration: str | None = None


class LoopUntil(EngineTask):
    """Runs tasks again until the condition renders to true."""

    TYPE = f"{CORE}.flow.LoopUntil"
    condition: str = ""
    check_frequency: CheckFrequency | None = None
    fail_on_max_reached: bool | None = None
    tasks: tuple[EngineTask, ...] = ()


class FlowInput(Record):
    """An input of a flow, or a question of a Pause. defaults: a constant."""

    id: str
    type: str
    display_name: str | None = None
    item_type: str | None = None
    values: Node = None
    required: bool | None = None
    defaults: Node = None


class Pause(EngineTask):
    """Waits for a person. behavior FAIL: fails when nobody answers within pause_duration."""

    TYPE = f"{CORE}.flow.Pause"
    pause_duration: str | None = None
    behavior: str | None = None
    on_resume: tuple[FlowInput, ...] = ()


class WorkingDirectory(EngineTask):
    """Tasks that share a directory."""

    TYPE = f"{CORE}.flow.WorkingDirectory"
    tasks: tuple[EngineTask, ...] = ()


class Subflow(EngineTask):
    """Another flow, waited for; its failure fails the task."""

    TYPE = f"{CORE}.flow.Subflow"
    namespace: str = "{{ flow.namespace }}"
    flow_id: str = ""
    inputs: Node = None
    wait: bool = True
    transmit_failed: bool = True


class Fail(EngineTask):
    """Fails, when there is a condition only if that renders to true."""

    TYPE = f"{CORE}.execution.Fail"
    condition: str | None = None
    error_message: str | None = None


class Exit(EngineTask):
    """Ends the execution in a state."""

    TYPE = f"{CORE}.execution.Exit"
    state: str = "SUCCESS"


class Log(EngineTask):
    """Writes a message to the log."""

    TYPE = f"{CORE}.log.Log"
    message: str = ""


class Return(EngineTask):
    """Keeps a rendered text as its output `value`."""

    TYPE = f"{CORE}.debug.Return"
    format: str = ""


class KvSet(EngineTask):
    """Writes an entry of the namespace's key-value store."""

    TYPE = f"{CORE}.kv.Set"
    key: str = ""
    kv_type: str = "STRING"
    value: str = ""


class Sleep(EngineTask):
    """Waits for an ISO duration."""

    TYPE = f"{CORE}.flow.Sleep"
    duration: str = ""


class EngineTrigger(Record):
    """Base of all triggers. inputs: Pebble by name of an input. when: 2.0's condition, conditions: 1.3's."""

    TYPE = ""
    id: str
    inputs: Node = None
    when: str | None = None
    conditions: Node = None


class Schedule(EngineTrigger):
    """cron: five fields; timezone: IANA."""

    TYPE = f"{CORE}.trigger.Schedule"
    cron: str = ""
    timezone: str | None = None


class Webhook(EngineTrigger):
    """key: the secret end of the URL."""

    TYPE = f"{CORE}.trigger.Webhook"
    key: str = ""


class FlowTrigger(EngineTrigger):
    """After another flow. depends_on: 2.0; preconditions: 1.3."""

    TYPE = f"{CORE}.trigger.Flow"
    depends_on: Node = None
    preconditions: Node = None


class Sla(Record):
    """behavior FAIL: the execution is killed and FAILED after `duration`; its handlers do not run."""

    id: str
    type: str
    duration: str
    behavior: str


class EngineConcurrency(Record):
    """behavior: QUEUE | CANCEL | FAIL."""

    limit: int
    behavior: str


class EngineFlow(Record):
    """One flow file."""

    id: str
    namespace: str
    description: str | None = None
    inputs: tuple[FlowInput, ...] = ()
    concurrency: EngineConcurrency | None = None
    sla: tuple[Sla, ...] = ()
    triggers: tuple[EngineTrigger, ...] = ()
    tasks: tuple[EngineTask, ...] = ()
    errors: tuple[EngineTask, ...] = ()
    finally_: tuple[EngineTask, ...] = ()
    outputs: tuple[FlowOutput, ...] = ()
    variables: Node = None
