"""Random flows of the constructs that decide about order and failure, and random worlds for them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wfc.world import Behaviour, World


class Writer:
    """Draws one flow; every task has a name of its own (t1, t2 …)."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.tasks: list[str] = []
        self.loops = 0

    def number(self, least: int, most: int) -> int:
        """A number."""
        return int(self.draw(st.integers(least, most)))

    def variable(self) -> str:
        """The variable of a loop."""
        self.loops += 1
        return f"i{self.loops}"

    def task(self, undo: bool = True) -> str:
        """One task with random policies."""
        name = f"t{len(self.tasks) + 1}"
        self.tasks.append(name)
        text = f'task {name} = shell("x") effect safe "a test"'
        if self.number(0, 3) == 0:
            text += " retry fixed(attempts: 3, every: 1s)"
        if undo and self.number(0, 2) == 0:
            text += ' undo shell("x")'
        if self.number(0, 5) == 0:
            text += ' fallback shell("x")'
        if self.number(0, 5) == 0:
            text += f" when {'true' if self.number(0, 1) else 'false'}"
        return text

    def block(self, depth: int) -> str:
        """One to three statements."""
        return " ".join(self.statement(depth) for _ in range(self.number(1, 3)))

    def statement(self, depth: int) -> str:
        """A statement, simpler the deeper it stands."""
        kind = self.number(0, 8) if depth < 2 else 0
        match kind:
            case 1:
                return f"parallel {{ {self.parallel(depth)} }}"
            case 2:
                return f"for {self.variable()} in [1, 2, 3] {{ {self.block(depth + 1)} }}"
            case 3:
                return f"for {self.variable()} in [1, 2, 3] max {self.number(1, 3)} {{ {self.block(depth + 1)} }}"
            case 4:
                return f"try {{ {self.block(depth + 1)} }} recover {{ {self.block(depth + 1)} }}"
            case 5:
                return f"if flag {{ {self.block(depth + 1)} }} else {{ {self.block(depth + 1)} }}"
            case _:
                return self.task()

    def parallel(self, depth: int) -> str:
        """Branches; a task among them may wait for one written before it."""
        parts: list[str] = []
        names: list[str] = []
        for _ in range(self.number(2, 4)):
            if self.number(0, 1):
                text = self.task()
                if names and self.number(0, 1):
                    text += f" after {names[self.number(0, len(names) - 1)]}"
                names.append(self.tasks[-1])
                parts.append(text)
            else:
                parts.append(self.statement(depth + 1))
        return " ".join(parts)


@st.composite
def flows(draw: Any) -> tuple[str, World, dict[str, Any]]:
    """The text of a flow, a world in which about a quarter of its calls fail, and its inputs."""
    writer = Writer(draw)
    body = writer.block(0)
    handlers = f"on failure {{ {writer.task(undo=False)} }} finally {{ {writer.task(undo=False)} }}"
    behaviours: dict[Any, Behaviour] = {}
    for name in writer.tasks:
        for role in ("task", "undo", "fallback"):
            fails = draw(st.sampled_from([0, 0, 0, 1, None]))
            where = draw(st.sampled_from([(role, name), (role, name), (role, name, (1,))]))
            behaviours[where] = Behaviour(fails=fails, takes=draw(st.integers(1, 5)) * 1000)
    text = f"flow f {{ input flag: bool {body} {handlers} }}"
    return text, World(behaviours), {"flag": draw(st.booleans())}
