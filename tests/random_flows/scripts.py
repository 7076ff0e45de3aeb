"""What one call of a random flow does: the same `Script` as text for an engine, and as an answer of the world.

Each attempt leaves a file in the folder of the input `scratch`, named after role, task and loop items, that holds
the value it was given: so what was called, how often and with what is read from the disk, whatever engine ran it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wfc.world import Attempt, Fail, Succeed, World

Call = tuple[str, str, str, str | None]
"""One attempt: role, task, the loop items outside first, and the text it was given (None: nothing)."""

LIMIT = 4
"""Seconds that a slow attempt has, far more than a fast one takes; it would sleep for 60."""

SHELL = {
    "": "",
    "echo": """
      {{ echo 'v<<END_OF_V'; printf '%s\\n' "$A"; echo END_OF_V; }} >> "$WFC_OUTPUT"
    """,
    "line": """
      printf 'v=%s\\n' "$A" >> "$WFC_OUTPUT"
    """,
    "maybe": """
      [ -z "${{A+x}}" ] || printf 'v=%s\\n' "$A" >> "$WFC_OUTPUT"
    """,
    "maybe_echo": """
      [ -z "${{A+x}}" ] || {{ echo 'v<<END_OF_V'; printf '%s\\n' "$A"; echo END_OF_V; }} >> "$WFC_OUTPUT"
    """,
    "count": """
      echo "v=$#" >> "$WFC_OUTPUT"
    """,
}


@dataclass(frozen=True)
class Script:
    """One call. role: task, undo or fallback. name: of the task.

    fails: so many first attempts fail, None all. odd: an item (of the innermost loop) and what `fails` is for it.
    slow: an attempt that fails does so by taking longer than its limit. gives: what the result is made of: "" none,
    echo (a text), line (any other value), maybe_echo and maybe (the same, optional), count (attempts so far).
    python: as Python. value: the expression that it is given, "" for none. items: the expressions of the loop items,
    outside first.
    """

    role: str
    name: str
    fails: int | None = 0
    odd: tuple[str, int | None] | None = None
    slow: bool = False
    gives: str = ""
    python: bool = False
    value: str = ""
    items: tuple[str, ...] = ()

    def text(self) -> str:
        """The call in the language."""
        named = {"S": "scratch", **{f"I{number}": item for number, item in enumerate(self.items)}}
        named |= {"A": self.value} if self.value else {}
        given = ", ".join(f"{name}: {value}" for name, value in named.items())
        if self.python:
            return f'python("""{self._python()}""", args: {{ {given} }})'
        return f'shell("""{self._shell()}""", env: {{ {given} }})'

    def _shell(self) -> str:
        parts = ",".join([self.name, self.role, *(f"$I{number}" for number in range(len(self.items)))])
        lines = [f'F="$S/{parts}"', 'a=$(mktemp "$F,.XXXXXX")' if self.value else 'mktemp "$F,.XXXXXX"']
        lines += ['if [ -n "${A+x}" ]; then printf "%s" "$A" > "$a.given"; fi'] if self.value else []
        lines += ['set -- "$F",.??????']
        test = self._shell_test(self.fails)
        if self.odd:
            item, fails = self.odd
            test = f'if [ "$I{len(self.items) - 1}" = "{item}" ]; then {self._shell_test(fails)}; else {test}; fi'
        lines.append(test)
        text = "".join(f"\n      {line}" for line in lines)
        return text + SHELL[self.gives].format().rstrip() + "\n    "

    def _shell_test(self, fails: int | None) -> str:
        if fails == 0:
            return "true"
        wrong = "sleep 60" if self.slow else "false"
        return wrong if fails is None else f"[ $# -gt {fails} ] || {wrong}"

    def _python(self) -> str:
        parts = ", ".join([repr(self.name), repr(self.role), *(f"str(I{number})" for number in range(len(self.items)))])
        fails = repr(self.fails)
        if self.odd:
            fails = f"({self.odd[1]!r} if str(I{len(self.items) - 1}) == {self.odd[0]!r} else {fails})"
        lines = ["import glob, json, os, tempfile", f'stem = os.path.join(S, ",".join([{parts}])) + ",."']
        lines += ["number, name = tempfile.mkstemp(dir=S, prefix=os.path.basename(stem))", "os.close(number)"]
        if self.value:
            lines += ["if A is not None:", '  with open(name + ".given", "w") as file:']
            lines += ["    json.dump(A, file)"]
        lines += ['count = len([found for found in glob.glob(stem + "*") if not found.endswith(".given")])']
        lines += [f"fails = {fails}", "if fails is None or count <= fails:"]
        lines += [
            f"  {'import time; time.sleep(60)' if self.slow else 'pass'}",
            '  raise ValueError("as the world says")',
        ]
        lines += [f"return {'count' if self.gives == 'count' else 'A' if self.gives else 'None'}"]
        return "".join(f"\n      {line}" for line in lines) + "\n    "

    def items_of(self, attempt: Attempt) -> list[str]:
        """The loop items of an attempt, as the file names have them."""
        return [str(attempt.args[f"I{number}"]) for number in range(len(self.items))]

    def outcome(self, attempt: Attempt) -> Succeed | Fail:
        """How the world ends an attempt."""
        items = self.items_of(attempt)
        fails = self.odd[1] if self.odd and items[-1] == self.odd[0] else self.fails
        if fails is None or attempt.number <= fails:
            return Fail(duration=60_000 if self.slow else 1000)
        if not self.gives:
            return Succeed()
        given = attempt.number if self.gives == "count" else attempt.args.get("A")
        return Succeed(given if self.python else {"v": given})


class Played(World):
    """The world that scripts play; it keeps each call that the interpreter makes."""

    scripts: dict[tuple[str, str], Script] = {}  # noqa: RUF012  (the fields of a record have no other form)
    calls: list[Call] = []  # noqa: RUF012

    def attempt(self, attempt: Attempt) -> Succeed | Fail | None:
        """How an attempt ends; None for a sub-flow, which runs by itself."""
        script = self.scripts.get((attempt.role, attempt.name))
        if script is None:
            return None
        given = attempt.args.get("A")
        shown = None if given is None else json.dumps(given) if script.python else as_text(given)
        self.calls.append((script.role, script.name, ",".join(script.items_of(attempt)), shown))
        return script.outcome(attempt)


def as_text(value: Any) -> str:
    """A value as the env of a script has it (docs/semantics.md, Expressions and Scripts)."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value)
    return json.dumps(without_nulls(value), separators=(",", ":"), ensure_ascii=False)


def without_nulls(value: Any) -> Any:
    """A value whose records have no null fields; in lists null stays."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def played(scripts: list[Script]) -> Played:
    """A fresh world."""
    return Played(scripts={(script.role, script.name): script for script in scripts}, calls=[])


def calls_in(folder: Path) -> Counter[Call]:
    """The calls whose files lie in a folder."""
    found: Counter[Call] = Counter()
    for path in folder.iterdir():
        if path.name.endswith(".given"):
            continue
        name, role, *items = path.name.rpartition(",.")[0].split(",")
        given = path.with_name(path.name + ".given")
        found[role, name, ",".join(items), given.read_bytes().decode() if given.exists() else None] += 1
    return found


def to_json(scripts: list[Script]) -> list[dict[str, Any]]:
    """Scripts as JSON; `from_json` reads them back."""
    return [asdict(script) for script in scripts]


def from_json(rows: list[dict[str, Any]]) -> list[Script]:
    """The scripts that `to_json` wrote."""
    return [
        Script(**{**row, "odd": (row["odd"][0], row["odd"][1]) if row["odd"] else None, "items": tuple(row["items"])})
        for row in rows
    ]
