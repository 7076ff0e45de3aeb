"""The sentence forms of the planner → text of the language, one method a form."""

from __future__ import annotations

import re

from wfc.text import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
SHORT = {"second": "s", "minute": "m", "hour": "h", "day": "d"}
TRIES = "retry exponential(attempts: 4, first: 2s, max: 1m)"


class Writer:
    """Writes one flow. assumptions: what the words left open, said to the user."""

    def __init__(self, intent: str) -> None:
        self.intent = " ".join(intent.split())
        self.assumptions: list[str] = []
        self.names: set[str] = set()
        self.secrets: list[str] = []
        self.inputs: list[str] = []
        self.configs: list[str] = []
        self.remote = False
        self.item = ""
        self.said = "Done"

    # --- the flow ---

    def flow(self, tree: Any) -> str:
        """The text of the flow of a whole intent."""
        when = [self.trigger(part) for part in tree.children if part.data in TRIGGERS]
        if not when:
            self.assume("it starts on demand (nothing says when)")
            when = ["on manual()"]
        body, handlers = [], []
        for part in tree.children:
            if part.data == "on_failure":
                self.said = "Failed"
                handlers += self.steps(part, "    ")
                self.said = "Done"
            elif part.data not in TRIGGERS:
                body += self.part(part, "  ")
        name = self.flow_name(tree)
        lines = [f"flow {name} {{", f"  {self.doc()}", *(f"  {line}" for line in when)]
        lines += [f"  input {name}: string" for name in dict.fromkeys(self.inputs)]
        lines += [f"  config {name}: string" for name in dict.fromkeys(self.configs)]
        if self.secrets:
            lines.append(f"  secret {', '.join(dict.fromkeys(self.secrets))}")
        lines.append("  defaults { timeout 10m }" if handlers or not self.remote else self.quiet_defaults())
        if when != ["on manual()"]:
            lines.append("  concurrency 1 queue")
        lines += ["", *body]
        if handlers:
            lines += ["", "  on failure {", *handlers, "  }"]
        return "\n".join([*lines, "}", ""])

    def quiet_defaults(self) -> str:
        """The defaults of a flow that tells nobody, which is an assumption."""
        self.assume("nobody is told when it fails (add: `if it fails tell #channel`)")
        return 'defaults { timeout 10m allow WF501 "the intent names nobody to tell" }'

    def doc(self) -> str:
        """The docstring of the flow: the intent."""
        text = self.intent.replace('"', "'")
        return f'"""{text}{" " if text.endswith(chr(39)) else ""}"""'

    def assume(self, what: str) -> None:
        """Note an assumption, once."""
        if what not in self.assumptions:
            self.assumptions.append(what)

    def flow_name(self, tree: Any) -> str:
        """A name from the first thing that is done."""
        kinds = ("COMMAND", "URL", "S3", "ACTION", "CHANNEL")
        tokens = list(tree.scan_values(lambda token: token.type in kinds))
        return f"{identifier(str(tokens[0])) if tokens else 'planned'}_flow"

    def name(self, wish: str) -> str:
        """A task name that is free."""
        base, number = wish, 2
        name = base
        while name in self.names:
            name, number = f"{base}_{number}", number + 1
        self.names.add(name)
        return name

    # --- when ---

    def trigger(self, node: Any) -> str:
        """The line of the trigger that a sentence names."""
        words = [str(child) for child in node.children if not hasattr(child, "data")]
        match node.data:
            case "schedule":
                return self.schedule(node, words)
            case "interval":
                return self.interval(words)
            case "file_arrives":
                return f"on file(path: {quoted(words[0].strip(chr(34)))}) as arrived"
            case "push":
                return f"on github.push(repo: {quoted(words[0].strip(chr(34)))}) as pushed"
            case "release":
                return f'on github.release(repo: {quoted(words[0].strip(chr(34)))}, actions: ["published"]) as released'
            case _:
                return "on manual()"

    def schedule(self, node: Any, words: list[str]) -> str:
        """The trigger of `every day at …` and its like."""
        period = words[0].lower()
        zone = next((word for word in words[1:] if word == "UTC" or "/" in word), "")
        time = next((child for child in node.children if hasattr(child, "data")), None)
        hour, minute = self.clock(time, period)
        day, month, week = "*", "*", "*"
        if period == "weekday":
            week = "1-5"
        elif period in DAYS:
            week = str(DAYS.index(period))
        elif period == "month":
            day = "1"
            self.assume("every month: on its first day")
        elif period == "hour":
            return self.cron(f"{minute} * * * *", zone)
        return self.cron(f"{minute} {hour} {day} {month} {week}", zone)

    def clock(self, time: Any, period: str) -> tuple[int, int]:
        """(hour, minute), with the documented hour where none is said."""
        if time is None:
            hour = {"morning": 7, "hour": 0}.get(period, 2)
            if period != "hour":
                self.assume(f"every {period}: at {hour}:00")
            return hour, 0
        parts = [str(child) for child in time.children]
        hours, _, minute = parts[0].partition(":")
        number = int(hours)
        if len(parts) > 1:
            number = number % 12 + (12 if parts[1].lower() == "pm" else 0)
        return number, int(minute or 0)

    def cron(self, expression: str, zone: str) -> str:
        """A schedule by its cron expression; without a zone it is UTC, which is an assumption."""
        if not zone:
            self.assume("the time zone is UTC (say `in Europe/Berlin` for another)")
        return f'on schedule("{expression}", timezone: "{zone or "UTC"}")'

    def interval(self, words: list[str]) -> str:
        """The trigger of `every 15 minutes`. Raises UserError for an interval that no cron expression can say."""
        from wfc.errors import MODEL, UserError

        count, unit = int(words[0]), words[1].lower().rstrip("s")
        zone = words[2] if len(words) > 2 else "UTC"
        whole = {"minute": 60, "hour": 24, "day": 1}.get(unit, 0)
        if not count or not whole or whole % count:
            raise UserError(
                f"cron can't say every {words[0]} {words[1]}",
                "minutes must divide 60, hours 24 (every 90 minutes drifts); days: `every day`",
                MODEL,
            )
        step = {"minute": f"*/{count} * * * *", "hour": f"0 */{count} * * *", "day": "0 0 * * *"}[unit]
        return f'on schedule("{step}", timezone: "{zone}")'

    # --- parts ---

    def part(self, node: Any, indent: str) -> list[str]:
        """The lines of one part of the sequence."""
        match node.data:
            case "step":
                return self.step(node, indent)
            case "same_time":
                return [f"{indent}parallel {{", *self.steps(node, indent + "  "), f"{indent}}}"]
            case "for_each":
                return self.for_each(node, indent)
            case "if_else":
                return self.if_else(node, indent)
            case _:
                who = str(node.children[0].children[0]).strip('"')
                name = self.name("approval")
                self.assume(f"the approval by {who} may take one day")
                return [f'{indent}approve {name} = "Go on?" by {quoted(who)} timeout 1d']

    def steps(self, node: Any, indent: str) -> list[str]:
        """The lines of several steps."""
        return [
            line for child in node.children if getattr(child, "data", "") == "step" for line in self.step(child, indent)
        ]

    def for_each(self, node: Any, indent: str) -> list[str]:
        """The lines of a loop over items that are named, or over an input."""
        variable = identifier(str(node.children[0]))
        items = [str(child.children[0]).strip('"') for child in node.children if getattr(child, "data", "") == "item"]
        limit = next((str(child) for child in node.children if getattr(child, "type", "") == "NUMBER"), "")
        self.item = variable
        body = self.steps(node, indent + "  ")
        self.item = ""
        listing = ", ".join(quoted(item) for item in items)
        head = f"{indent}for {variable} in [{listing}]{f' max {limit}' if limit else ''} {{"
        return [head, *body, f"{indent}}}"]

    def if_else(self, node: Any, indent: str) -> list[str]:
        """The lines of a condition on an input."""
        name = identifier(str(node.children[0]))
        value = str(node.children[1].children[0]).strip('"')
        self.inputs.append(name)
        lines = [f"{indent}if {name} == {quoted(value)} {{", *self.steps(node.children[2], indent + "  ")]
        if len(node.children) > 3:
            lines += [f"{indent}}} else {{", *self.steps(node.children[3], indent + "  ")]
        return [*lines, f"{indent}}}"]

    # --- steps ---

    def step(self, node: Any, indent: str) -> list[str]:
        """The lines of one action with its modifiers."""
        action, *modifiers = node.children
        name, call, safe = getattr(self, f"do_{action.data}")(action)
        clauses = self.clauses(modifiers, safe)
        return [f"{indent}task {name} = {call}{clauses}"]

    def clauses(self, modifiers: list[Any], safe: bool) -> str:
        """The clauses that the modifiers of an action ask for; safe: it may be repeated."""
        text = ""
        retried = False
        for modifier in modifiers:
            if modifier.data == "retry":
                count = int(modifier.children[0])
                self.assume(f"retry {count} times: {count + 1} attempts with the first, pausing 2s, 4s … 1m")
                text += f" retry exponential(attempts: {count + 1}, first: 2s, max: 1m)"
                text += "" if safe else " idempotent"
                if not safe:
                    self.assume("what is retried may be run twice: `idempotent` says that this does no harm")
                retried = True
            else:
                text += f" timeout {duration(modifier)}"
                self.assume(f"within {' '.join(map(str, modifier.children))}: each attempt")
        return text if retried or not safe else f" {TRIES}{text}"

    def do_run(self, node: Any) -> tuple[str, str, bool]:
        """`run `command``: (name, call, is it safe to repeat?), as for all `do_` methods."""
        command = str(node.children[0]).strip("`")
        env = f", env: {{ {self.item.upper()}: {self.item} }}" if self.item else ""
        return self.name(identifier(command)), f"shell({quoted(command)}{env})", False

    def do_run_flow(self, node: Any) -> tuple[str, str, bool]:
        """`run the flow NAME`."""
        flow = identifier(str(node.children[0]))
        return self.name(f"run_{flow}"), f"flow.run({flow})", False

    def do_fetch(self, node: Any) -> tuple[str, str, bool]:
        """`fetch URL`."""
        url = str(node.children[0])
        return self.name(f"fetch_{identifier(url)}"), f"http.get(url: {quoted(url)})", True

    def do_tell(self, node: Any) -> tuple[str, str, bool]:
        """`tell #channel …`."""
        channel = str(node.children[0])
        self.secrets.append("slack_token")
        self.remote = True
        text = self.text(node)
        name = self.name(f"tell_{identifier(channel)}")
        return name, f"slack.send(token: slack_token, channel: {quoted(channel)}, text: {text})", False

    def do_email(self, node: Any) -> tuple[str, str, bool]:
        """`email ADDRESS …`."""
        address = str(node.children[0])
        self.configs += ["smtp_host", "smtp_user", "mail_from"]
        self.secrets.append("smtp_password")
        self.remote = True
        text = self.text(node)
        return self.name("email"), EMAIL.format(to=quoted(address), text=text), False

    def text(self, node: Any) -> str:
        """The text that was said, else one that names the run."""
        if len(node.children) > 1:
            return quoted(str(node.children[1]).strip('"'))
        return f'"{self.said}: {{run.url}}"'

    def do_wait(self, node: Any) -> tuple[str, str, bool]:
        """`wait 5 minutes`."""
        return self.name("wait"), f"sleep({duration(node)}) timeout {longer(node)}", False

    def do_back_up(self, node: Any) -> tuple[str, str, bool]:
        """`back up NAME to s3://…`; the dump is a task of its own."""
        database, place = identifier(str(node.children[0])), str(node.children[1]).removeprefix("s3://")
        bucket, _, prefix = place.partition("/")
        self.secrets.append(f"{database}_url")
        dump = self.name(f"dump_{database}")
        key = f'"{prefix}/{{run.date}}.dump"' if prefix else f'"{database}-{{run.date}}.dump"'
        first = f"postgres.dump(url: {database}_url)\n  task {self.name(f'store_{database}')} = "
        return dump, first + f"s3.put(bucket: {quoted(bucket)}, key: {key}, file: {dump})", True

    def do_keep(self, node: Any) -> tuple[str, str, bool]:
        """`keep s3://… for N days`."""
        place = str(node.children[0]).removeprefix("s3://")
        bucket, _, prefix = place.partition("/")
        days = int(node.children[1]) if str(node.children[2]).lower().startswith("day") else 1
        if not str(node.children[2]).lower().startswith("day"):
            self.assume(
                f"kept for one day ({node.children[1]} {node.children[2]} is shorter than objects are dated by)"
            )
        # With its slash: `orders` would also take what lies under `orders-audit/`.
        folder = f"{prefix.rstrip('/')}/" if prefix else ""
        if not folder:
            self.assume(f"everything in the bucket {bucket} is deleted after {days} days")
        call = f"s3.delete_older(bucket: {quoted(bucket)}, prefix: {quoted(folder)}, before: run.date - {days}d)"
        return self.name("keep"), call, True

    def do_use(self, node: Any) -> tuple[str, str, bool]:
        """`use ACTION with …`: any action of the catalog."""
        action, *settings = node.children
        args = ", ".join(f"{setting.children[0]}: {argument(str(setting.children[1]))}" for setting in settings)
        return self.name(identifier(str(action))), f"{action}({args})", False


TRIGGERS = ("schedule", "interval", "on_demand", "file_arrives", "push", "release")
EMAIL = (
    "email.send(host: smtp_host, from: mail_from, to: [{to}], subject: {text}, body: {text}, "
    "user: smtp_user, password: smtp_password)"
)


def argument(text: str) -> str:
    """A setting's value as a literal: a number as it is, all else as a text."""
    return text if text.isdigit() else quoted(text.strip('"'))


def duration(node: Any) -> str:
    """The duration literal of a number and a unit."""
    number, unit = str(node.children[0]), str(node.children[1]).lower().rstrip("s")
    return f"{number}{SHORT[unit]}"


def longer(node: Any) -> str:
    """A duration that leaves a wait a minute to spare, as text of the language."""
    from wfc.text import duration_text, duration_value

    return duration_text(duration_value(duration(node)) + 60_000)


def identifier(text: str) -> str:
    """A legal name out of a command, an address or a word: `./load-orders.sh --all` is load_orders."""
    text = re.sub(r"^https?://", "", text.strip("`\"'#")).split(" ")[0].rstrip("/")
    last = text.split("/")[-1].split("?")[0] or text
    stem = re.sub(r"\.[A-Za-z0-9]+$", "", last) or last
    name = re.sub(r"[^A-Za-z0-9]+", "_", stem).strip("_").lower()
    return name if name and not name[0].isdigit() else f"do_{name or 'it'}"
