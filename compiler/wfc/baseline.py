"""Known findings: a file of fingerprints, so that a check of old flows speaks of what is new.

What is always reported (wfc.rules) is never in it: a baseline does not make a flow compile.
"""

from __future__ import annotations

from wfc.check import allowable
from wfc.errors import LONG_NUMBER, UserError
from wfc.formats.fingerprint import fingerprints, flow_of, flow_starts
from wfc.record import Record
from wfc.rules import relative
from wfc.text import brief

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from wfc.diagnostic import Diagnostic
    from wfc.formats import Report

VERSION = 1
"""Of the file (schemas/wfc_schemas/baseline.schema.json)."""

FIELDS = ("path", "flow", "code", "message", "fingerprint")


class Entry(Record):
    """A known finding. path: as seen from the folder of the project; message and flow are there for the reader."""

    path: str
    flow: str
    code: str
    message: str
    fingerprint: str

    def key(self) -> tuple[str, ...]:
        """What entries are sorted by."""
        return tuple(getattr(self, name) for name in FIELDS)


class Compared(Record):
    """A check against a baseline. found: what is new. hidden: how many were known. stale: entries without a finding."""

    found: tuple[Diagnostic, ...]
    hidden: int
    stale: tuple[Entry, ...]


def entries(report: Report) -> list[tuple[Entry, Diagnostic]]:
    """The findings of a report that may be in a baseline, in its order."""
    able = allowable()
    starts = flow_starts(report.flows)
    return [
        (Entry(relative(one.span.source, report.folder), flow_of(one, starts), one.code, one.message, mark), one)
        for one, mark in zip(report.found, fingerprints(report), strict=True)
        if one.code in able
    ]


def text(known: Collection[Entry]) -> str:
    """The file: JSON, an entry a line for the sake of diffs, in order of path."""
    from json import dumps

    rows = [
        "    " + dumps({name: getattr(entry, name) for name in FIELDS}, ensure_ascii=False)
        for entry in sorted(known, key=Entry.key)
    ]
    inside = "[\n" + ",\n".join(rows) + "\n  ]" if rows else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {inside}\n}}\n'


def read(path: str) -> tuple[Entry, ...]:
    """The entries of a baseline. Raises UserError for a file that is not there or no baseline."""
    from json import JSONDecodeError, loads

    from wfc.files import read_source

    remedy = f"write it anew: wfc check --write-baseline {path}"
    text = read_source(path)
    try:
        data = loads(text)
    except JSONDecodeError as error:
        marks = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("<<<<<<< ")]
        if marks:
            both = f"keep the entries of both sides, each with a comma behind it but the last; or {remedy}"
            raise UserError(f"{path}:{marks[0]}: a conflict of a merge stands here", both) from None
        raise UserError(f"{path}:{error.lineno}:{error.colno}: this is no JSON: {error.msg}", remedy) from None
    except ValueError:
        raise UserError(f"{path}: {LONG_NUMBER}", remedy) from None
    except RecursionError:
        raise UserError(f"{path} is nested too deep for a baseline", remedy) from None
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise UserError(f"{path} is no baseline of wfc: there is no list `findings`", remedy)
    if data.get("version") != VERSION:
        version = brief(data.get("version"))
        raise UserError(f"{path} has version {version} of baselines, this wfc reads {VERSION}", remedy)
    return tuple(entry(path, number, row, remedy) for number, row in enumerate(data["findings"], 1))


def entry(path: str, number: int, row: Any, remedy: str) -> Entry:
    """One entry. Raises UserError for a field that is missing or no text."""
    for name in FIELDS:
        if not isinstance(row, dict) or not isinstance(row.get(name), str):
            raise UserError(f"{path}: finding {number} has no text `{name}`", remedy)
    return Entry(*(row[name] for name in FIELDS))


def compare(report: Report, known: Collection[Entry], ran: Collection[str], everything: bool) -> Compared:
    """What is new in a report. ran: the codes that were looked for; everything: was it the whole project?

    An entry is stale when its finding was looked for and is gone: not in a file that was not asked for or that could
    not be read in full, and not of a check that was not run.
    """
    marks = {item.fingerprint for item in known}
    able = {id(one): item for item, one in entries(report)}
    kept = tuple(one for one in report.found if id(one) not in able or able[id(one)].fingerprint not in marks)
    there = {item.fingerprint for item in able.values()}
    looked = {relative(path, report.folder) for path in report.asked}
    broken = {relative(one.span.source, report.folder) for one in report.found if one.code in ("WF001", "WF005")}
    stale = tuple(
        item
        for item in sorted(known, key=Entry.key)
        if item.fingerprint not in there
        and item.code in ran
        and (everything or item.path in looked)
        and item.path not in broken
    )
    return Compared(kept, len(report.found) - len(kept), stale)
