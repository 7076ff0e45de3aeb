"""The resolved flow: typed, named, with spans and without syntax. The only thing targets and checks read.

`resolve` is its only producer. Every task is one kernel call (`Call.op`): a catalog action's body has been put in
place of the call, with the author's arguments in place of its parameters, so a target lowers kernel operations only.
`let` is gone from expressions (its value stands where it was used).
"""

from __future__ import annotations

from wfc.record import Record
from wfc.source import Span
from wfc.types import NOTHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.types import Type

# --- expressions -------------------------------------------------------------------------------------------------


class Expr(Record):
    """Base of all expressions: a type and a place. The meaning is Python's over JSON values (docs/semantics.md)."""

    type: Type
    span: Span


class Literal(Expr):
    """A constant. value: None, bool, int, float, str; a date is ISO text, a duration milliseconds (int)."""

    value: bool | int | float | str | None


class Ref(Expr):
    """A value known only at run time.

    kind: `input`, `secret`, `config` (name = its name); `task` (name = the path of a task or approval, its result);
    `item`, `index` (name = the label of the enclosing loop; the item's value, its number from 0); `event` (name =
    the trigger's alias); `run` (`id` string, `date` date, `attempt` int, `url` string); `failure` (`task`,
    `message`: strings); `var` (the variable of an enclosing comprehension).
    collect: how many loops the reader stands outside of: the value is that many lists deep, in order of items.
    """

    kind: str
    name: str
    collect: int = 0


class Field(Expr):
    """of.name on a record, a map or json. A field that is missing is null."""

    of: AnyExpr
    name: str


class Index(Expr):
    """of[index]: a list by number (negative: from the end), a map or json by key. Out of range or missing: fails."""

    of: AnyExpr
    index: AnyExpr


class Slice(Expr):
    """of[start:stop] of a list; ends clip as in Python."""

    of: AnyExpr
    start: AnyExpr | None
    stop: AnyExpr | None


class ListExpr(Expr):
    """[a, b]"""

    items: tuple[AnyExpr, ...]


class RecordExpr(Expr):
    """{ a: x, "b-c": y }, in the order written."""

    entries: tuple[tuple[str, AnyExpr], ...]


class Text(Expr):
    """ "orders of {day}": the texts of its parts, joined. Type string, or secret when a part is one."""

    parts: tuple[AnyExpr, ...]


class Unary(Expr):
    """op: `-` or `not`."""

    op: str
    operand: AnyExpr


class Binary(Expr):
    """op: or and == != < <= > >= in `not in` + - * / // % ??"""

    op: str
    left: AnyExpr
    right: AnyExpr


class Conditional(Expr):
    """if test then a else b"""

    test: AnyExpr
    then: AnyExpr
    other: AnyExpr


class Apply(Expr):
    """A function of the language: len, lower, join, json, date … (docs/language.md has the list)."""

    function: str
    args: tuple[AnyExpr, ...]


class Comprehension(Expr):
    """[body for variable in items if test], or function(body for …): any all max_by min_by sort_by sum."""

    function: str
    body: AnyExpr
    variable: str
    items: AnyExpr
    test: AnyExpr | None


if TYPE_CHECKING:
    AnyExpr = (
        Literal
        | Ref
        | Field
        | Index
        | Slice
        | ListExpr
        | RecordExpr
        | Text
        | Unary
        | Binary
        | Conditional
        | Apply
        | Comprehension
    )
    Named = tuple[tuple[str, AnyExpr], ...]

# --- kernel operations -------------------------------------------------------------------------------------------


class Shell(Record):
    """bash -euo pipefail; values arrive through `env` only. Results: `name=value` lines in $WFC_OUTPUT."""

    script: str
    env: Named = ()
    image: str | None = None


class Python(Record):
    """A function body whose parameters are the names of `args`; its return value is the result (JSON)."""

    body: str
    args: Named = ()
    packages: tuple[str, ...] = ()
    image: str | None = None


class Http(Record):
    """One request. 2xx succeeds; 408 425 429 5xx and connection errors are worth a retry; all else is final.

    body_kind: `none`, `json`, `form` (RecordExpr), `text` (string or secret) or `file`.
    bearer: a token for `Authorization: Bearer`; basic: user and password. headers: names as written.
    Native result: { status: int, headers: map<string> (lower-case names), body: T }; T `file` stores the body.
    """

    method: str
    url: AnyExpr
    query: Named = ()
    headers: Named = ()
    body_kind: str = "none"
    body: AnyExpr | None = None
    bearer: AnyExpr | None = None
    basic: tuple[AnyExpr, AnyExpr] | None = None


class Sql(Record):
    """mode `query` (rows as list<record>) or `execute` ({ rows: int }). Parameters are `:name` in the text, bound."""

    mode: str
    url: AnyExpr
    sql: str
    params: Named = ()


class Sleep(Record):
    """Wait `duration` (type duration)."""

    duration: AnyExpr


class RunFlow(Record):
    """Run another flow of the project to its end; its outputs are the result; its failure fails the task."""

    flow: str
    inputs: Named = ()


class Llm(Record):
    """One question to an OpenAI-compatible chat endpoint; the answer must fit the call's type.

    A misfit is a failed attempt worth a retry. base_url, key, model: expressions (config, secret or text).
    """

    prompt: AnyExpr
    data: AnyExpr | None
    model: AnyExpr
    base_url: AnyExpr
    key: AnyExpr


if TYPE_CHECKING:
    Op = Shell | Python | Http | Sql | Sleep | RunFlow | Llm

# --- calls and their policies ------------------------------------------------------------------------------------


class Effect(Record):
    """repeat: safe | keyed | unsafe | unknown. reversible: can what it did be undone? source: who says so."""

    repeat: str
    reversible: bool = True
    source: str = "catalog"


class Retry(Record):
    """attempts counts the first. kind: fixed | exponential. first, maximum: milliseconds of pause; factor 2."""

    attempts: int
    kind: str
    first: int
    maximum: int | None
    span: Span
    inherited: bool = False

    def pauses(self) -> tuple[int, ...]:
        """The pause before each attempt but the first, in milliseconds: (1000, 2000, 4000)."""
        growth = 1 if self.kind == "fixed" else 2
        limit = self.maximum
        return tuple(
            self.first * growth**n if limit is None else min(limit, self.first * growth**n)
            for n in range(self.attempts - 1)
        )


class Idempotent(Record):
    """The author's claim that a second run does no harm. key: None means `{run.id}-{task}` where a key is sent."""

    key: AnyExpr | None
    span: Span


class Call(Record):
    """A call of an action with its policies.

    action: as written (`github.compare`). args: as written, defaults not filled in. op: the kernel operation.
    type: of the value that a reader of the task sees: `select` is the path from the operation's native result to
    it (`("body", "items")`), () is all of it. needs: commands wanted at run time. timeout: milliseconds of one
    attempt. no_retry: the reason in `no retry "why"`, "" when said without one, None when not said. written: the
    type behind `->`, where the author wrote one.
    """

    action: str
    args: Named
    op: Op
    type: Type
    select: tuple[str, ...]
    effect: Effect
    span: Span
    needs: tuple[str, ...] = ()
    retry: Retry | None = None
    no_retry: str | None = None
    timeout: int | None = None
    timeout_span: Span | None = None
    idempotent: Idempotent | None = None
    written: Type | None = None


class Fallback(Record):
    """Used when every attempt failed: another call, or a value. Exactly one is not None."""

    call: Call | None
    value: AnyExpr | None
    span: Span


class Until(Record):
    """Call again every `every` ms until condition holds, at most `within` ms (None: no deadline, a finding)."""

    condition: AnyExpr
    every: int
    within: int | None
    span: Span


class Holds(Record):
    """Call every `every` ms for `duration` ms; fails as soon as condition is false."""

    condition: AnyExpr
    every: int
    duration: int
    span: Span


class Allow(Record):
    """allow CODE "reason" on a statement."""

    code: str
    reason: str
    span: Span


# --- statements --------------------------------------------------------------------------------------------------


class Stmt(Record):
    """Base of all statements.

    label: unique in the flow, a legal identifier, the base of every engine id (`close`, `if_close`, `for_region`).
    path: stable identity: loop variables and workspaces around it, then the label (`region/roll`).
    span: the head of the statement; needs: paths of the tasks whose results it, or anything in it, reads.
    """

    label: str
    path: str
    span: Span
    needs: tuple[str, ...]


class Task(Stmt):
    """task NAME = CALL clauses. `label` is its name, unique in the flow. type: of its result, fallback included.

    when: the guard. after: paths ordered before it by hand. undo: the saga's compensation, may read this task's
    own result. undo_on_timeout: undo also when the last attempt timed out.
    """

    call: Call
    type: Type
    name_span: Span
    when: AnyExpr | None = None
    after: tuple[str, ...] = ()
    fallback: Fallback | None = None
    undo: Call | None = None
    undo_on_timeout: bool = False
    until: Until | None = None
    holds: Holds | None = None
    allows: tuple[Allow, ...] = ()


class Parallel(Stmt):
    """Statements that may run at once. edges: (before, after) indexes into body, from data and `after`; acyclic."""

    body: tuple[AnyStmt, ...]
    edges: tuple[tuple[int, int], ...]
    fail_fast: bool = False


class For(Stmt):
    """for variable in items [max maximum] { body }. maximum None: one at a time, stops at the first failed item.

    With a maximum: at most that many tasks of the body run at once, all items run, then the loop fails if one did.
    """

    variable: str
    items: AnyExpr
    maximum: int | None
    body: tuple[AnyStmt, ...]


class If(Stmt):
    """arms: (condition, body) in order; the first that holds runs, else `other` (may be empty)."""

    arms: tuple[tuple[AnyExpr, tuple[AnyStmt, ...]], ...]
    other: tuple[AnyStmt, ...]


class Match(Stmt):
    """arms: (members, body); `other` is None when there is no else (then the arms are exhaustive)."""

    subject: AnyExpr
    arms: tuple[tuple[tuple[str, ...], tuple[AnyStmt, ...]], ...]
    other: tuple[AnyStmt, ...] | None


class Try(Stmt):
    """When body fails (its undos done), recover runs and the failure is swallowed."""

    body: tuple[AnyStmt, ...]
    recover: tuple[AnyStmt, ...]


class Workspace(Stmt):
    """Tasks that share one machine and one directory."""

    body: tuple[AnyStmt, ...]


class Approve(Stmt):
    """A person decides. question: text. by: a group or role. timeout: ms. fields: what may be filled in (result).

    Rejection and time-out fail it, unless fallback (a value of type `fields`) decides otherwise.
    """

    question: AnyExpr
    by: str | None
    timeout: int | None
    fields: Type = NOTHING
    fallback: AnyExpr | None = None
    when: AnyExpr | None = None
    after: tuple[str, ...] = ()
    allows: tuple[Allow, ...] = ()


class Require(Stmt):
    """Fails, without retry, when the condition is false; message: text."""

    condition: AnyExpr
    message: AnyExpr
    allows: tuple[Allow, ...] = ()


class Stop(Stmt):
    """Ends the flow as succeeded: nothing after it runs, but `finally` does. Not inside `parallel` or `for`."""

    message: AnyExpr


class Fail(Stmt):
    """Fails here, by hand."""

    message: AnyExpr


class Let(Stmt):
    """let NAME = value. Kept for dumping; references to it have already been replaced by the value."""

    value: AnyExpr


if TYPE_CHECKING:
    AnyStmt = Task | Parallel | For | If | Match | Try | Workspace | Approve | Require | Stop | Fail | Let
    Block = tuple[AnyStmt, ...]
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

# --- flows -------------------------------------------------------------------------------------------------------


class Trigger(Record):
    """on kind(args) as alias where condition. args: constants by name. payload: the type of the event.

    kinds: schedule (cron, timezone), manual, webhook (path), file (path), flow (flow), github.* and gitlab.*.
    """

    kind: str
    args: tuple[tuple[str, Json], ...]
    alias: str | None
    where: AnyExpr | None
    payload: Type
    span: Span


class Input(Record):
    """input NAME: type = default"""

    name: str
    type: Type
    default: AnyExpr | None
    span: Span


class Secret(Record):
    """secret NAME: looked up by the engine at run time."""

    name: str
    span: Span


class Config(Record):
    """config NAME: type = default: looked up at run time, one value an environment."""

    name: str
    type: Type
    default: AnyExpr | None
    span: Span


class Output(Record):
    """output NAME: type = value: what a caller of the flow reads."""

    name: str
    type: Type
    value: AnyExpr
    span: Span


class Concurrency(Record):
    """limit runs at once; one more waits (`queue`), is dropped (`skip`) or ends the older (`cancel`). by: a key."""

    limit: int
    mode: str
    by: AnyExpr | None
    span: Span


class Budget(Record):
    """Bounds of the whole flow. time: ms, kept at run time; attempts, cost (in `currency`): proved before."""

    time: int | None
    attempts: int | None
    cost: float | None
    currency: str
    span: Span


class Given(Record):
    """given PLACE verb value: `fails` (value: a status or exit code, or a message), `returns`, `takes`, `approved`,
    `rejected`, `is` (an input). role: task | undo | fallback | input. indexes: loop items. times: how often."""

    role: str
    name: str
    indexes: tuple[int, ...]
    verb: str
    value: Json
    times: int | None
    span: Span


class Expect(Record):
    """expect PLACE verb value: succeeded failed skipped not_run, attempts N, before NAME. name "flow": the run."""

    role: str
    name: str
    indexes: tuple[int, ...]
    verb: str
    value: Json
    span: Span


class Test(Record):
    """test "title" { given … expect … }: run by the reference interpreter."""

    title: str
    given: tuple[Given, ...]
    expect: tuple[Expect, ...]
    span: Span


class TargetOptions(Record):
    """target NAME { key: constant }"""

    target: str
    values: tuple[tuple[str, Json], ...]
    span: Span


class Flow(Record):
    """One unit that a target deploys. source: its text, from `flow` to its last brace."""

    name: str
    doc: str
    triggers: tuple[Trigger, ...]
    inputs: tuple[Input, ...]
    secrets: tuple[Secret, ...]
    configs: tuple[Config, ...]
    outputs: tuple[Output, ...]
    body: Block
    on_failure: Block
    finally_: Block
    span: Span
    concurrency: Concurrency | None = None
    budget: Budget | None = None
    options: tuple[TargetOptions, ...] = ()
    tests: tuple[Test, ...] = ()
    allows: tuple[Allow, ...] = ()
    source: str = ""

    @property
    def source_hash(self) -> str:
        """16 hex characters that change when the text of the flow does; computed when asked for, hashlib is dear."""
        from hashlib import blake2b

        return blake2b(self.source.encode("utf-8", "replace"), digest_size=8).hexdigest()

    def option(self, target: str) -> dict[str, Json]:
        """The options of `target NAME { … }` in this flow, by key."""
        return {key: value for options in self.options if options.target == target for key, value in options.values}


class Project(Record):
    """All flows that are compiled together, in order of name, and the settings of wfc.toml.

    secret_names: (engine, secret) → the name under which the engine keeps it. settings: [target.NAME] tables.
    """

    flows: tuple[Flow, ...]
    secret_names: tuple[tuple[str, str, str], ...] = ()
    settings: tuple[tuple[str, tuple[tuple[str, Json], ...]], ...] = ()
    namespace: str = "wfc"

    def flow(self, name: str) -> Flow | None:
        """The flow of that name, or None."""
        return next((flow for flow in self.flows if flow.name == name), None)

    def secret_name(self, engine: str, secret: str) -> str:
        """The name of a secret on an engine: the table of wfc.toml, else NAME in capitals."""
        return next(
            (name for where, what, name in self.secret_names if (where, what) == (engine, secret)),
            secret.upper(),
        )
