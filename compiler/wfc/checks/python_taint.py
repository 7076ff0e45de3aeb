"""Python bodies read without running them: where the values that they are given are run as code, shown or given back.

A value travels by assignments, through f-strings, `+`, `%`, containers and the methods of texts. What another function
makes of it is not followed: it may quote it, hash it or look something up.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

    Node = Any
    """A node of Python's own syntax tree; the module `ast` with its types is not imported (docs/benchmarks.md)."""
    Carried = dict[str, frozenset[str]]
    """Variable → the given names whose text it may hold."""

ONLY_AST = 0x400
"""ast.PyCF_ONLY_AST, without the import of `ast`."""
NONE: frozenset[str] = frozenset()
TEXT = frozenset(
    (
        *("str", "format", "join", "replace", "strip", "lstrip", "rstrip", "lower", "upper", "title", "split"),
        *("encode", "decode", "dumps", "loads", "list", "dict", "tuple"),
    )
)
"""Functions and methods whose result holds the text that they are given."""
TESTS = frozenset("match fullmatch isdigit isalnum isalpha isdecimal isidentifier isnumeric startswith".split())
SHELLS = ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")
RUNS = tuple(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen"))
LOADS = ("pickle.loads", "marshal.loads", "yaml.unsafe_load")
"""docs.python.org, pickle and marshal: "Never unpickle data that could have come from an untrusted source"."""
EXECUTES = ("execute", "executemany", "executescript", "read_sql", "read_sql_query")
"""Methods of PEP 249, sqlite3 and pandas that take an SQL text first."""
DATABASES = ("cur", "cursor", "conn", "connection", "con", "db", "session", "engine")
LOGS = ("log", "logger", "logging")


def parsed(body: str, names: Collection[str]) -> Node:
    """The tree of a body as a function with these parameters. Raises what `compile` does."""
    import warnings

    source = f"def body({', '.join(names)}):\n" + "\n".join(f" {line}" for line in body.split("\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(source, "<python>", "exec", ONLY_AST, dont_inherit=True)


def runs_in_python(body: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """(name, how) for each argument that a Python body reads as code: each once. A body that is no Python has none."""
    reader = read(body, names)
    found: dict[str, str] = {}
    for node in reader.nodes if reader else ():
        if reader and kind(node) == "Call":
            for origin, how in reader.run_by(node):
                found.setdefault(origin, how)
    checked = reader.checked if reader else NONE
    yield from ((name, found[name]) for name in names if name in found and name not in checked)


def shows_python(body: str, names: Collection[str]) -> list[tuple[str, str]]:
    """(name, how) for each argument that a Python body prints, puts into an error or gives back: each once."""
    reader = read(body, names)
    found: dict[str, str] = {}
    for node in reader.nodes if reader else ():
        for origin, how in reader.shown_by(node) if reader else ():
            found.setdefault(origin, how)
    return [(name, found[name]) for name in names if name in found]


def read(body: str, names: Collection[str]) -> Reader | None:
    """What is known of a body; None for one that is no Python, or that reads none of the names."""
    if not any(name in body for name in names):
        return None
    try:
        return Reader(list(every(parsed(body, names).body[0].body)), names)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def every(waiting: list[Node]) -> Iterator[Node]:
    """The nodes and all below them, in the order of the text."""
    stack = list(reversed(waiting))
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(below(node))


def below(node: Node) -> list[Node]:
    """The nodes directly below one."""
    found: list[Node] = []
    for field in node._fields:
        value = getattr(node, field, None)
        found += [one for one in (value if isinstance(value, list) else [value]) if hasattr(one, "_fields")]
    return found


def kind(node: Node) -> str:
    """`Call`, `Name` …"""
    return type(node).__name__


class Reader:
    """What the variables of a body may hold, what its imports are called, and which of the given names it checks.

    nodes: those of the body, in the order of the text.
    """

    def __init__(self, nodes: list[Node], names: Collection[str]) -> None:
        self.nodes = nodes
        self.modules = dict(imported(nodes))
        self.carried: Carried = {name: frozenset([name]) for name in names}
        before = -1
        while before != (now := sum(map(len, self.carried.values()))):
            before = now
            for node in nodes:
                self.assign(node)
        self.checked = NONE.union(*(self.tested(node) for node in nodes))

    def assign(self, node: Node) -> None:
        """Note what an assignment or a loop puts into variables; once there it stays, for the order is not followed."""
        value = getattr(node, "iter" if kind(node) in ("For", "comprehension") else "value", None)
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        for target in targets if value is not None and targets[0] is not None else ():
            for part in every([target]):
                if kind(part) == "Name" and (held := self.origins(value)):
                    self.carried[part.id] = self.carried.get(part.id, NONE) | held

    def origins(self, node: Node) -> frozenset[str]:
        """The given names whose text a value may hold."""
        match kind(node):
            case "Name":
                return self.carried.get(node.id, NONE)
            case "Compare" | "Constant" | "Lambda":
                return NONE
            case "Call":
                name = node.func.attr if kind(node.func) == "Attribute" else getattr(node.func, "id", "")
                if name == "get":  # of a record that was given; a table of the author's own is a check
                    return self.origins(node.func)
                if name not in TEXT:
                    return NONE
                parts = [*node.args, *(word.value for word in node.keywords)]
                return NONE.union(*map(self.origins, [*parts, node.func]))
            case "Subscript":
                return self.origins(node.value)
            case "IfExp":
                return self.origins(node.body) | self.origins(node.orelse)
            case _:
                return NONE.union(*map(self.origins, below(node)))

    def called(self, func: Node) -> str:
        """`os.system` of a call, however it was imported; "" for what has no name."""
        if kind(func) == "Name":
            return self.modules.get(str(func.id), str(func.id))
        if kind(func) != "Attribute":
            return ""
        before = self.called(func.value)
        return f"{before}.{func.attr}" if before else f".{func.attr}"

    def run_by(self, call: Node) -> Iterator[tuple[str, str]]:
        """(name, how) for what a call reads as code."""
        name, first = self.called(call.func), call.args[0] if call.args else None
        if first is None:
            return
        how = ""
        if name in ("eval", "exec"):
            how = "`eval` or `exec`"
        elif name in SHELLS or (
            name in RUNS and any(word.arg == "shell" and is_true(word.value) for word in call.keywords)
        ):
            how = "a shell"
        elif name in RUNS and kind(first) in ("List", "Tuple"):
            how, first = "a shell", shell_text(first.elts)
        elif name in LOADS:
            how = f"`{name}`"
        elif name.rpartition(".")[2] in EXECUTES and (kind(first) != "Name" or self.is_database(call.func, first)):
            how = "SQL"
        if how and first is not None:
            yield from ((origin, how) for origin in sorted(self.origins(first)))

    def is_database(self, func: Node, text: Node) -> bool:
        """Is `x.execute(v)` about SQL: is x called as a connection is, or v put together before?"""
        owner = self.called(func).rpartition(".")[0].rpartition(".")[2]
        return owner.lower() in DATABASES or self.carried.get(text.id, NONE) - {text.id} != NONE

    def shown_by(self, node: Node) -> Iterator[tuple[str, str]]:
        """(name, how) for what a statement or call lets others see."""
        held: list[Node] = []
        how = ""
        if kind(node) == "Return" and node.value is not None:
            held, how = [node.value], "gives back"
        elif kind(node) == "Raise" and kind(node.exc) == "Call":
            held, how = node.exc.args, "puts into an error"
        elif kind(node) == "Call":
            name = self.called(node.func)
            if name in ("print", "sys.stdout.write", "sys.stderr.write") or name.partition(".")[0] in LOGS:
                held, how = [*node.args, *(word.value for word in node.keywords)], "prints"
        for value in held:
            yield from ((origin, how) for origin in sorted(self.origins(value)))

    def tested(self, node: Node) -> frozenset[str]:
        """What a guard checks: `if v not in KNOWN: raise`, `assert re.fullmatch(…, v)`."""
        if kind(node) == "Assert":
            return self.compared(node.test)
        leaves = kind(node) == "If" and kind(node.body[-1]) in ("Raise", "Return", "Continue")
        return self.compared(node.test) if leaves else NONE

    def compared(self, test: Node) -> frozenset[str]:
        """The given names whose text a condition compares with others, or holds against a pattern."""
        found = NONE
        for part in every([test]):
            if kind(part) == "Compare" and kind(part.ops[0]) in ("In", "NotIn", "Eq", "NotEq"):
                empty = any(kind(one) == "Constant" and not one.value for one in part.comparators)
                found |= NONE if empty else self.origins(part.left)
            elif kind(part) == "Call" and self.called(part.func).rpartition(".")[2] in TESTS:
                found |= NONE.union(*map(self.origins, [*part.args, part.func]))
        return found


def imported(nodes: list[Node]) -> Iterator[tuple[str, str]]:
    """(name in the body, full name) of what the body imports."""
    for node in nodes:
        if kind(node) in ("Import", "ImportFrom"):
            before = f"{node.module}." if kind(node) == "ImportFrom" and node.module else ""
            for one in node.names:
                yield one.asname or one.name, before + one.name


def is_true(node: Node) -> bool:
    """Is it the constant True?"""
    return kind(node) == "Constant" and node.value is True


def shell_text(words: list[Node]) -> Node | None:
    """The command text of `["bash", "-c", text]`."""
    texts = [word.value if kind(word) == "Constant" else None for word in words]
    if len(words) < 3 or str(texts[0]).rpartition("/")[2] not in ("sh", "bash", "zsh", "dash"):
        return None
    flag = next(
        (number for number, text in enumerate(texts) if str(text).startswith("-") and str(text).endswith("c")), -1
    )
    return words[flag + 1] if 0 < flag < len(words) - 1 else None
