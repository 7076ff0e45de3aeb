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
TESTS = frozenset("fullmatch isdigit isalnum isalpha isdecimal isidentifier isnumeric".split())
"""Tests of the whole text; what it begins with, and `re.match`, say nothing of the rest."""
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

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(function_of(body, names), "<python>", "exec", ONLY_AST, dont_inherit=True)


def function_of(body: str, names: Collection[str]) -> str:
    """The text of a function with this body and these parameters."""
    return f"def body({', '.join(names)}):\n" + "\n".join(f" {line}" for line in body.split("\n"))


def runs_in_python(body: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """(name, how) for each argument that a Python body reads as code: each once. A body that is no Python has none."""
    reader = read(body, names)
    found: dict[str, str] = {}
    for node in reader.nodes if reader else ():
        if reader and kind(node) == "Call":
            for origin, how in reader.run_by(node):
                if origin not in reader.checked(node.lineno):
                    found.setdefault(origin, how)
    yield from ((name, found[name]) for name in names if name in found)


def shows_python(body: str, names: Collection[str]) -> list[tuple[str, str]]:
    """(name, how) for each argument that a Python body prints, puts into an error or gives back: each once."""
    reader = read(body, names)
    found: dict[str, str] = {}
    for node in reader.nodes if reader else ():
        for origin, how in reader.shown_by(node) if reader else ():
            found.setdefault(origin, how)
    return [(name, found[name]) for name in names if name in found]


def calls_and_texts(body: str) -> tuple[list[str], list[str]]:
    """The full names of what a Python body calls (`Reader.called`), and its texts; none for a body that is no Python.

    Values in an f-string are `{}`.
    """
    try:
        reader = Reader(list(every(parsed(body, ()).body)), ())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return [], []
    names = [reader.called(node.func) for node in reader.nodes if kind(node) == "Call"]
    return names, [text for node in reader.nodes if (text := written(node))]


def written(node: Node) -> str:
    """The text of a literal, with `{}` for the values in an f-string; "" for anything else."""
    if kind(node) == "JoinedStr":
        return "".join(written(part) or "{}" for part in node.values)
    return node.value if kind(node) == "Constant" and isinstance(node.value, str) else ""


def read(body: str, names: Collection[str]) -> Reader | None:
    """What is known of a body; None for one that is no Python, or that reads none of the names."""
    if not any(name in body for name in names):
        return None
    try:
        return Reader(list(every(parsed(body, names).body)), names)
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
        self.guards = [guard for node in nodes for guard in self.guarded(node)]

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

    def checked(self, line: int) -> frozenset[str]:
        """The given names of which the text has been checked where a line is reached."""
        return NONE.union(*(names for first, last, names in self.guards if first <= line <= last))

    def guarded(self, node: Node) -> Iterator[tuple[int, int, frozenset[str]]]:
        """(first line, last line, the given names that have been checked there), by the statements in a node.

        `if v in KNOWN:` checks its body; `if v not in KNOWN: raise` and `assert` check what follows in the same block.
        """
        if kind(node) == "If":
            yield node.body[0].lineno, node.body[-1].end_lineno, self.implied(node.test)
        blocks: list[Node] = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
        for block in blocks:
            for one in block if isinstance(block, list) else ():
                yield one.end_lineno + 1, block[-1].end_lineno, self.behind(one)

    def behind(self, statement: Node) -> frozenset[str]:
        """What has been checked behind a statement."""
        if kind(statement) == "Assert":
            return self.implied(statement.test)
        leaves = kind(statement) == "If" and kind(statement.body[-1]) in ("Raise", "Return", "Continue", "Break")
        return self.implied(statement.test, holds=False) if leaves else NONE

    def implied(self, test: Node, *, holds: bool = True) -> frozenset[str]:
        """The given names whose text is one of the author's, or of a pattern, when a condition holds, or does not."""
        match kind(test):
            case "UnaryOp" if kind(test.op) == "Not":
                return self.implied(test.operand, holds=not holds)
            case "BoolOp":
                parts = [self.implied(part, holds=holds) for part in test.values]
                return NONE.union(*parts) if (kind(test.op) == "And") is holds else frozenset.intersection(*parts)
            case "Compare" if kind(test.ops[0]) in (("In", "Eq") if holds else ("NotIn", "NotEq")):
                own = not any(map(self.origins, test.comparators))
                empty = any(kind(one) == "Constant" and not one.value for one in test.comparators)
                return self.origins(test.left) if own and not empty and len(test.ops) == 1 else NONE
            case "Call" if holds and self.called(test.func).rpartition(".")[2] in TESTS:
                return NONE.union(*map(self.origins, [*test.args, test.func]))
            case _:
                return NONE


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
