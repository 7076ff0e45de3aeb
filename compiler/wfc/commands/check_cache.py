"""What `wfc check` found before, kept for the same inputs: an entry is one run over one set of files.

A finding of one file depends on the others (`flow.run`, actions, checks between flows), so an entry stands for all of
them: its name is a hash of everything that the result depends on (`key`). An entry is a checksum and marshalled tuples;
marshal needs no import and reads five times as fast as JSON. What is damaged is not there. It holds what is
shown and names of flows, so no more of a secret than the sources do, and only its owner may read it.
"""

from __future__ import annotations

import marshal
import os
import sys
import time

from wfc import ir
from wfc.diagnostic import Diagnostic, Edit, Fix, Label
from wfc.gather import Gathered
from wfc.pipeline import Loaded
from wfc.source import Source, Span
from wfc.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from wfc.gather import Collected
    from wfc.settings import CheckSettings

    Plain = tuple[Any, ...]

ENTRIES, BYTES, AGE = 100, 64 * 1024 * 1024, 30 * 24 * 3600
"""What is kept: so many entries, bytes in all, and seconds since an entry was last of use."""
ENDING = ".wfcheck"
PARSERS = ("sqlglot", "tree_sitter", "tree-sitter", "tzdata")
"""Packages that findings depend on, by the beginning of their names."""
ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")


def folder() -> str:
    """Where entries are kept: $WFC_CACHE, else wfc/check in $XDG_CACHE_HOME or ~/.cache; "" for nowhere."""
    own = os.environ.get("WFC_CACHE", "")
    if own:
        return os.path.abspath(own)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    return os.path.join(base, "wfc", "check") if os.path.isabs(base) else ""


def key(collected: Collected, rules: CheckSettings | None) -> str:
    """A hash of what the findings depend on, in hexadecimal; "" when the compiler's own files can't be seen,
    or there is no place for entries.

    The texts of all files with their paths, which of them were asked for, the working folder, the settings and the
    options; the compiler's version and files, the parsers that it uses, Python and the zones of the machine.
    rules: --preset, --select and --ignore.
    """
    from hashlib import blake2b

    own = list(compiler())
    if not own or not folder():
        return ""
    made = blake2b(digest_size=20)
    parts = (VERSION, sys.version, os.getcwd(), os.environ.get("PYTHONTZPATH"), own, collected.settings, rules)
    made.update(repr((*parts, collected.asked, len(collected.texts))).encode("utf-8", "backslashreplace"))
    for path, text in collected.texts:
        data = text.encode("utf-8", "surrogatepass")
        made.update(f"\0{path}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        made.update(data)
    return made.hexdigest()


def compiler() -> Iterator[tuple[str, int, int]]:
    """(path, bytes, time of the last change) of each file of the compiler; names of its parsers; the zones."""
    import wfc
    import wfc_targets

    for package in (wfc, wfc_targets):
        for place, folders, files in os.walk(os.path.dirname(package.__file__ or "")):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(files):
                state = os.stat(os.path.join(place, name))
                yield os.path.join(place, name), state.st_size, state.st_mtime_ns
    for place in sys.path:
        if os.path.isdir(place or "."):
            names = [name for name in os.listdir(place or ".") if name.endswith(".dist-info")]
            yield from ((name, 0, 0) for name in sorted(names) if name.startswith(PARSERS))
    for place in ZONES:
        if os.path.isdir(place):
            yield place, 0, os.stat(place).st_mtime_ns


def read(name: str, collected: Collected) -> tuple[Gathered, tuple[Diagnostic, ...]] | None:
    """The entry of that name: the project, of whose flows only names and places are known, and its findings.

    None when there is none, or it is damaged or can't be read.
    """
    path = os.path.join(folder(), name + ENDING)
    try:
        with open(path, "rb") as file:
            data = file.read()
        if data[:20] != checksum(data[20:]):
            return None
        flows, found = marshal.loads(data[20:])
    except (OSError, ValueError, EOFError, TypeError):
        return None
    try:
        os.utime(path)  # of use now, so it is kept
    except OSError:
        pass  # somebody else's folder, or taken away just now
    sources = {path: Source(path, text) for path, text in collected.texts}
    known = tuple(ir.Flow(name, "", (), (), (), (), (), (), (), (), Span(*span)) for name, span in flows)
    loaded = Loaded(ir.Project(known), (), sources, ())
    return Gathered(loaded, collected.settings, collected.asked), tuple(map(unpacked, found))


def write(name: str, gathered: Gathered, found: tuple[Diagnostic, ...]) -> None:
    """Keep findings under a name, whole or not at all; a place that can't be written to is no error."""
    place = folder()
    flows = tuple((flow.name, packed_span(flow.span)) for flow in gathered.loaded.project.flows)
    data = marshal.dumps((flows, tuple(map(packed, found))))
    temporary = os.path.join(place, f"{name}.{os.getpid()}.tmp")
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(checksum(data) + data)
        os.replace(temporary, os.path.join(place, name + ENDING))
        prune(place)
    except OSError:
        return


def prune(place: str) -> None:
    """Take away what is too old or too much, the longest unused first, and temporary files that were left behind."""
    now = time.time()
    files = [entry for entry in os.scandir(place) if entry.name.endswith((ENDING, ".tmp"))]
    states = sorted(((entry.stat(), entry.path) for entry in files), key=lambda pair: -pair[0].st_mtime)
    size = count = 0
    for state, path in states:
        size, count = size + state.st_size, count + 1
        old = now - state.st_mtime > (3600 if path.endswith(".tmp") else AGE)
        if old or size > BYTES or count > ENTRIES:
            os.unlink(path)


def checksum(data: bytes) -> bytes:
    """20 bytes that tell whether an entry is as it was written."""
    from hashlib import blake2b

    return blake2b(data, digest_size=20).digest()


def packed(found: Diagnostic) -> Plain:
    """A finding as tuples."""
    labels = tuple((packed_span(label.span), label.text) for label in found.labels)
    fixes = tuple(
        (fix.title, tuple((packed_span(edit.span), edit.text) for edit in fix.edits), fix.safe) for fix in found.fixes
    )
    head = (found.code, found.name, found.severity, found.message, packed_span(found.span))
    return (*head, labels, found.why, found.help, fixes)


def packed_span(span: Span) -> tuple[int, int, str]:
    """A place as a tuple."""
    return span.start, span.end, span.source


def unpacked(data: Plain) -> Diagnostic:
    """A finding out of `packed`."""
    code, name, severity, message, span, labels, why, remedy, fixes = data
    return Diagnostic(
        code,
        name,
        severity,
        message,
        Span(*span),
        tuple(Label(Span(*place), text) for place, text in labels),
        why,
        remedy,
        tuple(
            Fix(title, tuple(Edit(Span(*place), text) for place, text in edits), safe) for title, edits, safe in fixes
        ),
    )
