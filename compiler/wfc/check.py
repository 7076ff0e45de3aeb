"""What fails in production, found before it runs: a resolved project → diagnostics, and `allow` taken into account.

A check is one function of a flow, in a module of its own under wfc/checks whose docstring is its page, its
documentation (docs/checks, `wfc explain`) and its test.
"""

from __future__ import annotations

from wfc import ir
from wfc.diagnostic import Diagnostic, ordered
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from wfc.diagnostic import Fix, Label
    from wfc.ir import Allow, Flow, Project
    from wfc.source import Span

PRESETS = ("draft", "recommended", "production")
"""From what is wrong whatever the flow is for, over what a deployed flow should have, to what a strict house wants."""

OWN = frozenset({"WF002", "WF003", "WF004"})
"""What is reported about `allow`, whatever is selected."""


class Page(Record):
    """A code and what there is to know of it. module: the one whose docstring is the page."""

    code: str
    name: str
    severity: str
    module: str

    @property
    def doc(self) -> str:
        """The page: the docstring of its module."""
        import sys

        return (sys.modules[self.module].__doc__ or "").strip() + "\n"

    def found(
        self,
        message: str,
        span: Span,
        *labels: Label,
        why: str = "",
        help: str = "",  # noqa: A002 - the field's name
        fixes: tuple[Fix, ...] = (),
        severity: str = "",
    ) -> Diagnostic:
        """A finding under this code."""
        return Diagnostic(self.code, self.name, severity or self.severity, message, span, labels, why, help, fixes)


class Check(Page):
    """A check of flows.

    whole: it is about what is not there, so it needs the whole file to have been read. preset: the first of PRESETS
    that it belongs to.
    """

    find: Callable[[Flow], Iterator[Diagnostic]]
    whole: bool = False
    preset: str = "recommended"


class ProjectCheck(Page):
    """A check of a project as a whole: gives each finding with the name of the flow that it belongs to.

    whole, preset: as `Check` has them; what a check with `whole` finds in a file that was not all read is left out.
    """

    find: Callable[[Project], Iterator[tuple[str, Diagnostic]]]
    whole: bool = False
    preset: str = "recommended"


def run_checks(
    project: Project,
    selected: Collection[str] | None = None,
    ignore: Collection[str] = (),
    before: Iterable[Diagnostic] = (),
    known: dict[str, tuple[Diagnostic, ...]] | None = None,
) -> tuple[Diagnostic, ...]:
    """What the checks find in all flows of a project, in a fixed order.

    selected: codes to run, None for all; ignore: codes not to run. before: what the parser found; where a part of a
    file could not be read, the checks that need all of it (`Check.whole`) are left out for it. known: name of a flow →
    what the checks of single flows found in it with the same codes, before `allow`; other flows are added to it.
    Reports, beside the codes of the checks: WF002, WF003 and WF004 about `allow`.
    """
    from wfc.checks import CHECKS, check

    known = {} if known is None else known
    asked = [code for code in CHECKS if wanted(code, selected, ignore)]
    there = {flow.name: constructs(flow) for flow in project.flows}
    everything = {"flows"}.union(*there.values()) if len(there) > 1 else set().union(*there.values())
    checks = [check(code) for code in asked if is_at_home(code, everything)]
    codes = {code for code in asked if not is_own(code)}
    unread = {item.span.source for item in before if item.code == "WF001"}
    of_all = found_in_all(project, [one for one in checks if isinstance(one, ProjectCheck)], unread)
    single = [one for one in checks if isinstance(one, Check)]
    found: list[Diagnostic] = []
    for flow in project.flows:
        whole = flow.span.source not in unread
        if flow.name not in known:
            known[flow.name] = tuple(found_in(flow, single, there[flow.name], whole=whole))
        raw = (*of_all.get(flow.name, ()), *known[flow.name])
        if "allows" not in there[flow.name]:
            found += raw
            continue
        kept, used = sift(raw, flow)
        found += kept
        if whole and wanted("WF003", selected, ignore):
            found += unused(flow, used, codes)
    return ordered(found)


def found_in_all(
    project: Project, checks: Iterable[ProjectCheck], unread: Collection[str]
) -> dict[str, list[Diagnostic]]:
    """Name of a flow → what the checks of a project as a whole find in it. unread: files of which a part is missing."""
    found: dict[str, list[Diagnostic]] = {}
    for one in checks:
        for name, item in one.find(project):
            if not (one.whole and item.span.source in unread):
                found.setdefault(name, []).append(item)
    return found


def found_in(flow: Flow, checks: Iterable[Check], there: Collection[str], *, whole: bool) -> Iterator[Diagnostic]:
    """What the checks of single flows find in a flow. there: its `constructs`; whole: was all of its file read?

    It is asked what it is asked alone, so that what is found in it depends on no other flow.
    """
    for one in checks:
        if (whole or not one.whole) and is_at_home(one.code, there):
            yield from one.find(flow)


def is_at_home(code: str, there: Collection[str]) -> bool:
    """Is one of the things there that a check looks at (`CHECKS`)?"""
    from wfc.checks import CHECKS

    need = CHECKS[code][1]
    return not need or any(name in there for name in need.split())


def constructs(flow: Flow) -> set[str]:
    """What is there for a check to look at: the names in `CHECKS` (wfc.checks), but for `flows`, of which two are one.

    Kinds of statements, operations (`Sql`, `Approve`) and triggers; `retry`, `idempotent`, `undo`, `until`, `holds`,
    `budget`, `allows` where the flow has one.
    """
    from wfc import walk

    found = {trigger.kind for trigger in flow.triggers}
    found |= {name for name, part in (("budget", flow.budget), ("allows", flow.allows)) if part}
    for stmt in walk.all_statements(flow):
        found.add(type(stmt).__name__)
        if getattr(stmt, "allows", ()):
            found.add("allows")
        if isinstance(stmt, ir.Task):
            for call in walk.calls(stmt):
                found.add(type(call.op).__name__)
                found |= {name for name in ("retry", "idempotent") if getattr(call, name) is not None}
            found |= {name for name in ("undo", "until", "holds") if getattr(stmt, name) is not None}
    return found


def allowable() -> frozenset[str]:
    """The codes that `allow` can silence: those of the checks, but WF001 to WF009, and WF952 of the targets."""
    from wfc.checks import CHECKS

    return frozenset({code for code in CHECKS if not is_own(code)} | {"WF952"})


def in_preset(preset: str) -> frozenset[str]:
    """The codes of one of PRESETS and of those before it, with OWN and the differences of targets (WF952)."""
    from wfc.checks import CHECKS

    taken = PRESETS[: PRESETS.index(preset) + 1]
    return frozenset(code for code, (first, _) in CHECKS.items() if first in taken) | OWN | {"WF952"}


def is_own(code: str) -> bool:
    """Is it one of WF001 to WF009, which are about the checker itself?"""
    return code.startswith("WF00")


def wanted(code: str, selected: Collection[str] | None, ignore: Collection[str]) -> bool:
    """Is a code to be run?"""
    return code not in ignore and (selected is None or code in selected)


def allowances(flow: Flow) -> Iterator[tuple[Allow, Span | None]]:
    """Every `allow` of a flow, and the statement that it is about (None: the whole flow)."""
    from wfc import walk

    yield from ((allow, None) for allow in flow.allows)
    for stmt in walk.all_statements(flow):
        for allow in getattr(stmt, "allows", ()):
            yield allow, stmt.span


def sift(found: Iterable[Diagnostic], flow: Flow) -> tuple[list[Diagnostic], set[Span]]:
    """The findings that no `allow` of the flow covers, and the places of those that cover one.

    An `allow` on a statement covers findings inside its text, one in `defaults` all of the flow. WF001 to WF009,
    which are about the checker itself, can't be allowed.
    """
    kept: list[Diagnostic] = []
    used: set[Span] = set()
    known: dict[str, list[tuple[Allow, Span | None]]] = {}
    for allow, where in allowances(flow):
        known.setdefault(allow.code, []).append((allow, where))
    for item in found:
        cover = [] if is_own(item.code) else [a for a, where in known.get(item.code, ()) if covers(where, item)]
        used |= {allow.span for allow in cover}
        if not cover:
            kept.append(item)
    return kept, used


def covers(where: Span | None, found: Diagnostic) -> bool:
    """Is a finding at the place where its code is allowed?"""
    span = found.span
    return where is None or (where.source == span.source and where.start <= span.start and span.end <= where.end)


def unused(flow: Flow, used: set[Span], codes: set[str]) -> Iterator[Diagnostic]:
    """WF003 for each `allow` of a code that was looked for and that covered nothing."""
    for allow, _ in allowances(flow):
        if allow.span not in used and allow.code in codes:
            from wfc.checks import unused_allow

            yield unused_allow.report(allow)
