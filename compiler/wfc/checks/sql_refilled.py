"""Whether an earlier task of the same flow has emptied the table, or taken away the rows, that a later one adds.

The run as a whole may then be repeated, though the later task alone may not.
"""

from __future__ import annotations

from wfc import ir
from wfc.checks.resources import shape
from wfc.checks.sql_texts import dialect, sql_calls
from wfc.embedded.sql_parts import PARTS
from wfc.embedded.verdict import SAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.checks.common import Placed
    from wfc.checks.sql_texts import SqlCall
    from wfc.embedded.verdict import Reason
    from wfc.ir import AnyStmt, Flow

MOST_BEFORE = 8
"""So many of the tasks that take rows away before an INSERT are held against it, the last ones."""


class Taken:
    """What the tasks of a flow take away, looked up when the first INSERT asks for it.

    by_table: (URL, table) → (call, DELETE with a filter, or "" where all rows go), in the order of the text.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.by_table: dict[tuple[str, str], list[tuple[SqlCall, str]]] | None = None

    def is_refilled(self, one: SqlCall, found: Reason) -> bool:
        """Does each run take away, in a task before this one and in the same database, what a statement of it adds?

        found: a reason of the verdict of `one`. A DELETE with a filter counts where it takes all that is added, its
        parameters being given the same values.
        """
        from wfc.embedded.sql import classify
        from wfc.embedded.sql_taken import targets

        language = dialect(one.call)
        added = targets(one.text[found.start : found.end], language)
        before = {table: self.before(one, table) for table in added}
        if not added or not all(before.values()):
            return False
        if all("" in texts for texts in before.values()):
            return True
        deletes = "".join(f"{text};\n" for texts in before.values() for text in texts[-MOST_BEFORE:] if text)
        return any(
            reason.start == found.start + len(deletes) and reason.verdict == SAFE
            for reason in classify(deletes + one.text, language).reasons
        )

    def before(self, one: SqlCall, table: str) -> list[str]:
        """The DELETEs of a table, in the names of the parameters of a call, that have always run before it."""
        if self.by_table is None:
            self.by_table = by_table(self.flow)
        url = shape(url_of(one))
        takers = self.by_table.get((url, table), ()) if url is not None else ()
        texts = (same_parameters(text, other, one) for other, text in takers if has_run(other.place, one.place))
        return [text for text in texts if text is not None]


def by_table(flow: Flow) -> dict[tuple[str, str], list[tuple[SqlCall, str]]]:
    """`Taken.by_table` of a flow; tasks that may be left out, or whose failure is made up for, are not in it."""
    from wfc.embedded.sql_taken import taken

    found: dict[tuple[str, str], list[tuple[SqlCall, str]]] = {}
    for one in sql_calls(flow):
        task, url = one.task, shape(url_of(one))
        if url is None or one.call is not task.call or task.when is not None or task.fallback is not None:
            continue
        for table, text in taken(one.text, dialect(one.call)):
            found.setdefault((url, table), []).append((one, text))
    return found


def url_of(one: SqlCall) -> ir.AnyExpr:
    """The database of a call."""
    assert isinstance(one.call.op, ir.Sql)
    return one.call.op.url


def same_parameters(text: str, other: SqlCall, one: SqlCall) -> str | None:
    """A statement of another call with the names that a call gives the same values; None where it gives others."""
    assert isinstance(one.call.op, ir.Sql)
    assert isinstance(other.call.op, ir.Sql)
    named = {shape(value): name for name, value in one.call.op.params}
    given = {name: named.get(shape(value)) for name, value in other.call.op.params if shape(value) is not None}
    used = {part["name"] for part in PARTS.finditer(text) if part["name"]}
    if any(given.get(name) is None for name in used):
        return None
    return PARTS.sub(lambda part: f":{given[part['name']]}" if part["name"] else part[0], text)


def has_run(first: Placed, then: Placed) -> bool:
    """Has a task, where another one is reached, always run to its end?

    The blocks that are around the first one only have to be such as always run: a `parallel`, a `workspace`.
    """
    common = 0
    for one, other in zip(first.around, then.around, strict=False):
        if one[0] is not other[0] or one[1] != other[1]:
            break
        common += 1
    if not all(isinstance(stmt, ir.Parallel | ir.Workspace) for stmt, _ in first.around[common:]):
        return False
    tops = [place.around[common][0] if len(place.around) > common else place.stmt for place in (first, then)]
    if tops[0] is tops[1] or first.section != then.section:
        return False
    owner = first.around[common - 1][0] if common else None
    if isinstance(owner, ir.Parallel):
        return leads(owner, tops[0], tops[1])
    return tops[0].span.start < tops[1].span.start


def leads(stmt: ir.Parallel, first: AnyStmt, then: AnyStmt) -> bool:
    """Does one statement of a `parallel` wait, directly or by others, for another?"""
    at = [next(number for number, one in enumerate(stmt.body) if one is top) for top in (first, then)]
    seen, waiting = {at[0]}, [at[0]]
    while waiting:
        number = waiting.pop()
        for before, after in stmt.edges:
            if before == number and after not in seen:
                seen.add(after)
                waiting.append(after)
    return at[1] in seen
