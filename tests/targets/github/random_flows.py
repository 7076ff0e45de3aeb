"""Random flows for GitHub: besides order and failure also workspaces, lists known at run time, computed conditions.

`flow(seed)` gives a text whose scripts fail as its world says, so that the run can be held against the reference.
"""

from __future__ import annotations

import random
from typing import Any

from wfc.world import Behaviour, World

CONDITIONS = ("flag", "not flag", "flag and num > 3", "len(word) > 2", "num == 7", 'word == "abc"')
INPUTS = "input flag: bool input num: int input word: string input items: list<int> input scratch: string"


class Writer:
    """Writes one flow; every task has a name of its own (t1, t2 …)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tasks = 0
        self.loops: list[str] = []
        self.variables = 0
        self.behaviours: dict[Any, Behaviour] = {}

    def call(self, role: str, name: str) -> str:
        """A script that fails in so many first attempts, everywhere or for the second item of the outer loop only."""
        fails = self.random.choice((0, 0, 0, 0, 0, 1, None))
        second = bool(self.loops) and self.random.random() < 0.3
        self.behaviours[(role, name, (1,)) if second else (role, name)] = Behaviour(fails=fails)
        numbers = range(len(self.loops))
        file = "-".join([role, name, *(f"$I{number}" for number in numbers)])
        test = f'[ "$n" -gt {999 if fails is None else fails} ]'
        test = f'if [ "$I0" = 2 ]; then {test}; fi' if second else test
        env = ", ".join(["S: scratch", *(f"I{number}: {self.loops[number]}" for number in numbers)])
        script = f'echo >> "$S/{file}"; n=$(wc -l < "$S/{file}"); {test}'
        return f'shell("""{script}""", env: {{ {env} }})'

    def task(self, undo: bool = True) -> str:
        """One task with random policies."""
        self.tasks += 1
        name = f"t{self.tasks}"
        text = f'task {name} = {self.call("task", name)} effect safe "a test"'
        if self.random.random() < 0.25:
            text += " retry fixed(attempts: 3, every: 10ms)"
        if undo and self.random.random() < 0.33:
            text += f" undo {self.call('undo', name)}"
        if self.random.random() < 0.17:
            text += f" fallback {self.call('fallback', name)}"
        if self.random.random() < 0.2:
            text += f" when {self.random.choice(CONDITIONS)}"
        return text

    def block(self, depth: int) -> str:
        """One to three statements."""
        return "\n".join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth: int) -> str:
        """A statement, simpler the deeper it stands."""
        match self.random.randint(0, 10) if depth < 2 else 0:
            case 1:
                return f"parallel {{ {self.parallel(depth)} }}"
            case 2 | 3:
                return self.loop(depth)
            case 4:
                return f"try {{ {self.block(depth + 1)} }} recover {{ {self.block(depth + 1)} }}"
            case 5:
                condition = self.random.choice(CONDITIONS)
                return f"if {condition} {{ {self.block(depth + 1)} }} else {{ {self.block(depth + 1)} }}"
            case 6:
                return f"if {self.random.choice(CONDITIONS)} {{ {self.block(depth + 1)} }}"
            case 7 if depth == 0:
                return f"workspace w{self.tasks} {{ {self.task()} {self.task()} }}"
            case _:
                return self.task()

    def loop(self, depth: int) -> str:
        """A loop; a list known at run time only where it can be jobs, and with `max`: act ends no matrix early."""
        self.variables += 1
        variable = f"i{self.variables}"
        items = self.random.choice(("[1, 2, 3]", "items")) if depth == 0 else "[1, 2, 3]"
        many = items == "items" or self.random.random() < 0.5
        self.loops.append(variable)
        body = self.block(depth + 1)
        self.loops.pop()
        return f"for {variable} in {items}{f' max {self.random.randint(1, 3)}' if many else ''} {{ {body} }}"

    def parallel(self, depth: int) -> str:
        """Branches; a task among them may wait for one written before it."""
        parts: list[str] = []
        names: list[str] = []
        for _ in range(self.random.randint(2, 4)):
            if self.random.random() < 0.5:
                text = self.task()
                if names and self.random.random() < 0.5:
                    text += f" after {self.random.choice(names)}"
                names.append(f"t{self.tasks}")
                parts.append(text)
            else:
                parts.append(self.statement(depth + 1))
        return "\n".join(parts)


def flow(seed: int) -> tuple[str, World, dict[str, Any]]:
    """The text of a flow, the world that its scripts play, and its inputs."""
    writer = Writer(seed)
    body = writer.block(0)
    handlers = f"on failure {{ {writer.task(undo=False)} }}\nfinally {{ {writer.task(undo=False)} }}"
    choose = writer.random.choice
    inputs = {"flag": choose((True, False)), "num": choose((2, 7)), "word": choose(("ab", "abc"))}
    inputs["items"] = choose(([1, 2, 3], [1, 2, 3], []))
    return f"flow f{seed} {{ {INPUTS}\n{body}\n{handlers} }}\n", World(writer.behaviours), inputs
