"""A DAG as records → the text of its file. Decides about layout only; `ruff format` has nothing to change in it."""

from __future__ import annotations

from wfc_targets.airflow.edges import edge_lines, group_edges, groups_of, inner_edges
from wfc_targets.airflow.model import ALL_SUCCESS, Dag, Draft, Function, Group
from wfc_targets.common.python_source import INDENT, WIDTH, Call, Code, assignment, body, statement, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wfc_targets.airflow.edges import Groups
    from wfc_targets.common.python_source import Node


def emit(dag: Dag) -> str:
    """The text of a DAG file."""
    lines = ['"""' + dag.header[0], *dag.header[1:], '"""', "", *imports(dag), ""]
    for name, value in dag.constants:
        lines += [assignment(name, value)]
    if dag.constants:
        lines.append("")
    opening = write(Call("DAG", ((None, dag.name), *dag.arguments), wide=True), 0)
    lines.append(f"with {opening}{' as dag' if dag.uses_dag else ''}:")
    return "\n".join([*lines, *tasks(dag)]) + "\n"


def imports(dag: Dag) -> Iterable[str]:
    """Modules of the standard library, then Airflow, then the helper module."""
    standard = {name: names for name, names in dag.imports if not name.startswith(("airflow", "wfc_"))}
    plain = [f"import {name}" for name in dag.modules]
    yield from sorted(plain)
    for name in sorted(standard):
        yield from import_lines(name, standard[name])
    if plain or standard:
        yield ""
    others = {name: names for name, names in dag.imports if name not in standard}
    if any(name == "wfc" for name in dag.modules):
        raise AssertionError(dag.modules)
    yield "import wfc_airflow as wfc"
    for name in sorted(others):
        yield from import_lines(name, others[name])


def import_lines(module: str, names: Sequence[str]) -> list[str]:
    """`from module import a, b` as isort orders it: constants, classes, then the rest."""
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in ordered), ")"]


def tasks(dag: Dag) -> list[str]:
    """The inside of the `with` block."""
    lines: list[str] = []
    groups = groups_of(dag.tasks)
    members: dict[str, list[Draft]] = {}
    for draft in dag.tasks:
        if draft.group:
            members.setdefault(draft.group.id, []).append(draft)
    for draft in dag.tasks:
        if draft.group is None:
            add(lines, task(draft, 1))
        elif draft is members[draft.group.id][0]:
            add(lines, group(draft.group, members[draft.group.id], groups))
    edges = edge_lines(group_edges(dag.tasks), 1)
    if edges:
        lines += ["", *edges]
    if lines and defines(lines[:1]):
        lines.insert(0, "")
    return lines or [INDENT + "pass"]


def add(lines: list[str], block: list[str]) -> None:
    """Blocks that define functions have an empty line around them, tasks alone have none."""
    if lines and defines(block):
        lines.append("")
    lines += block


def defines(block: Iterable[str]) -> bool:
    """Is there a definition among these lines?"""
    return any(line.lstrip().startswith(("def ", "@")) for line in block)


def group(inside: Group, members: Sequence[Draft], groups: Groups) -> list[str]:
    """A mapped task group: a function that makes its tasks, and the list that it is mapped over."""
    lines = [f"{INDENT}@task_group(prefix_group_id=False)", f"{INDENT}def {inside.id}({inside.variable}):"]
    content: list[str] = []
    for draft in members:
        add(content, task(draft, 2, named=len(members) > 1))
    edges = edge_lines(inner_edges(members, groups), 2)
    lines += content + (["", *edges] if edges else [])
    return [*lines, "", assignment(inside.id, expanded(inside), 1)]


def expanded(inside: Group) -> Call:
    """The call that maps a group over its items."""
    return Call(f"{inside.id}.expand", ((inside.variable, Code(inside.source)),))


def task(draft: Draft, indent: int, named: bool = True) -> list[str]:
    """A task and the functions in front of it. named: somebody else refers to it."""
    lines: list[str] = []
    for function in draft.functions:
        lines += [*definition(function, indent), ""]
    if draft.function:
        return [*lines, *function_task(draft, indent)]
    arguments: list[tuple[str | None, Node]] = [("task_id", draft.id), *draft.arguments, *options(draft)]
    if draft.expand:
        call = f"{draft.operator}.partial"
        text = write(Call(call, tuple(arguments)), indent, len(draft.id) + 3, len(draft.expand) + 16)
        return [*lines, INDENT * indent + f"{draft.id} = {text}.expand_kwargs({draft.expand})"]
    if draft.teardown:
        text = write(Call(draft.operator, tuple(arguments)), indent, len(draft.id) + 3, 14)
        return [*lines, INDENT * indent + f"{draft.id} = {text}.as_teardown()"]
    return [*lines, assignment(draft.id if named else "", Call(draft.operator, tuple(arguments)), indent)]


def function_task(draft: Draft, indent: int) -> list[str]:
    """A decorated function and its call."""
    assert draft.function
    given = options(draft)
    marks = list(draft.marks)
    if given:
        marks[-1] = write(Call(marks[-1], tuple(given)), indent, 1)
    lines = [
        *(f"{INDENT * indent}@{mark}" for mark in marks),
        *(f"{INDENT * indent}@{write(call, indent, 1)}" for call in draft.decorators),
    ]
    lines += definition(draft.function, indent)
    end = ""
    if draft.expand:
        end = f".expand_kwargs({draft.expand})"
        same = Call(f"{draft.id}.partial", tuple(draft.arguments))
        known = write(same, indent, len(draft.id) + 3, len(end)) if draft.arguments else draft.id
        return [*lines, "", INDENT * indent + f"{draft.id} = {known}{end}"]
    if draft.teardown:
        end = ".as_teardown()"
    call = write(Call(draft.id, tuple(draft.arguments)), indent, len(draft.id) + 3, len(end))
    return [*lines, "", INDENT * indent + f"{draft.id} = {call}{end}"]


def definition(function: Function, indent: int) -> list[str]:
    """def name(parameters): with its body."""
    margin = INDENT * indent
    lines = [f"{margin}def {function.name}({function.parameters}):"]
    if len(lines[0]) > WIDTH:
        names = [f"{margin}{INDENT}{name}," for name in function.parameters.split(", ")]
        lines = [f"{margin}def {function.name}(", *names, f"{margin}):"]
    if function.verbatim:
        return [*lines, body(function.verbatim, indent + 1)]
    for line in function.lines:
        depth = indent + 1 + line.depth
        lines.append(statement(line.text + write(line.value, depth, len(line.text)), depth))
    return lines


def options(draft: Draft) -> list[tuple[str | None, Node]]:
    """What any task takes: trigger rule, policies, guards."""
    found: list[tuple[str | None, Node]] = []
    if draft.rule != ALL_SUCCESS and not draft.teardown and draft.operator != "teardown":
        found.append(("trigger_rule", draft.rule))
    found += draft.options
    if draft.checks:
        checks = tuple((None, check) for check in draft.checks)
        found.append(("pre_execute", Call("wfc.only_if", checks)))
    return found
