"""What `wfc check` found before, kept for the next run: the findings of a run, and what is known of each file.

An entry with the findings of a run stands for all that they depend on: its name is a hash of that (`keys`). An entry
is a checksum and marshalled tuples; marshal needs no import and reads five times as fast as JSON. The entry with the
files (wfc.incremental) stands for a project and options, and is written anew with each change (`check_files`). What is
damaged is not there. Entries hold what is shown and the flows, so no more of a secret than the sources do, and only
their owner may read them.
"""

from __future__ import annotations

import marshal
import os
import sys
import time

from wfc import ir
from wfc.checks.zones import FOLDERS
from wfc.diagnostic import Diagnostic, Edit, Fix, Label
from wfc.gather import Gathered
from wfc.pipeline import Loaded
from wfc.source import Source, Span
from wfc.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from wfc.commands.check import Options
    from wfc.gather import Collected

    Plain = tuple[Any, ...]

ENTRIES, BYTES, AGE = 100, 64 * 1024 * 1024, 30 * 24 * 3600
"""What is kept: so many entries, bytes in all, and seconds since an entry was last of use."""
ENDING, FILES = ".wfcheck", ".wfcfiles"
"""Of entries with findings, and of those with files."""
PARSERS = ("sqlglot", "tree_sitter", "tree-sitter", "tzdata")
"""Packages that findings depend on, by the beginning of their names."""


def folder() -> str:
    """Where entries are kept: $WFC_CACHE, else wfc/check in $XDG_CACHE_HOME or ~/.cache; "" for nowhere."""
    own = os.environ.get("WFC_CACHE", "")
    if own:
        return os.path.abspath(own)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    return os.path.join(base, "wfc", "check") if os.path.isabs(base) else ""


def keys(collected: Collected, args: Options) -> tuple[str, str]:
    """Names of the two entries, in hexadecimal: that of the findings, a hash of what they depend on, and that of the
    files. Both "" when the compiler's own files can't be seen, or there is no place for entries.

    Findings depend on the texts of all files with their paths, which of them were asked for, the working folder, the
    settings and the options; the compiler's version and files, the parsers that it uses, Python and the zones of the
    machine. What is known of files depends on all but texts and what was asked for; so that several folders without a
    wfc.toml do not take each other's place, the paths on the command line are part of the name.
    """
    from hashlib import blake2b

    own = list(compiler())
    if not own or not folder():
        return "", ""
    made = blake2b(digest_size=20)
    machine = (sys.version, os.getcwd(), os.environ.get("PYTHONTZPATH"), list(zones()))
    parts = (VERSION, own, machine, collected.settings, args.rules)
    made.update(repr(parts).encode("utf-8", "backslashreplace"))
    files = made.copy()
    files.update(repr(sorted(args.paths)).encode("utf-8", "backslashreplace"))
    made.update(repr((collected.asked, len(collected.texts))).encode("utf-8", "backslashreplace"))
    for path, text in collected.texts:
        data = text.encode("utf-8", "surrogatepass")
        made.update(f"\0{path}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        made.update(data)
    return made.hexdigest(), files.hexdigest()


def compiler() -> Iterator[tuple[str, int, int]]:
    """(path, bytes, time of the last change) of each file of the compiler; names of its parsers."""
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


def zones() -> Iterator[tuple[str, int, int]]:
    """(path, bytes, time of the last change) of each file of the zones of the machine.

    Each by itself, because one may be written anew in its place; but not those in `posix` and `right`, which no flow
    can name. Zones of the package tzdata change with its name (PARSERS).
    """
    for top in dict.fromkeys((*FOLDERS, *filter(None, os.environ.get("PYTHONTZPATH", "").split(os.pathsep)))):
        for place, folders, files in os.walk(top):
            folders[:] = sorted(name for name in folders if place != top or name not in ("posix", "right"))
            for path in (os.path.join(place, name) for name in sorted(files)):
                if os.path.exists(path):
                    state = os.stat(path)
                    yield path, state.st_size, state.st_mtime_ns


def read(name: str, collected: Collected) -> tuple[Gathered, tuple[Diagnostic, ...]] | None:
    """The findings of that name, with the project, of whose flows only names and places are known.

    None when there are none, or they are damaged or can't be read.
    """
    data = read_entry(name + ENDING)
    if data is None:
        return None
    flows, found = data
    sources = {path: Source(path, text) for path, text in collected.texts}
    known = tuple(ir.Flow(name, "", (), (), (), (), (), (), (), (), Span(*span)) for name, span in flows)
    loaded = Loaded(ir.Project(known), (), sources, ())
    return Gathered(loaded, collected.settings, collected.asked), tuple(map(unpacked, found))


def write(name: str, gathered: Gathered, found: tuple[Diagnostic, ...]) -> None:
    """Keep findings under a name, as `write_entry` does."""
    flows = tuple((flow.name, packed_span(flow.span)) for flow in gathered.loaded.project.flows)
    write_entry(name + ENDING, (flows, tuple(map(packed, found))))


def read_entry(name: str) -> Any:
    """What `write_entry` kept; None when there is nothing, or it is damaged or can't be read."""
    path = os.path.join(folder(), name)
    try:
        with open(path, "rb") as file:
            data = file.read()
        found = marshal.loads(data[20:]) if data[:20] == checksum(data[20:]) else None
    except (OSError, ValueError, EOFError, TypeError):
        return None
    try:
        os.utime(path)  # of use now, so it is kept
    except OSError:
        pass  # somebody else's folder, or taken away just now
    return found


def write_entry(name: str, value: Any) -> None:
    """Keep what marshal can write under a name, whole or not at all; a place that can't be written to is no error."""
    place = folder()
    data = marshal.dumps(value)
    temporary = os.path.join(place, f"{name}.{os.getpid()}.tmp")
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(checksum(data) + data)
        os.replace(temporary, os.path.join(place, name))
        prune(place)
    except OSError:
        return


def prune(place: str) -> None:
    """Take away what is too old or too much, the longest unused first, and temporary files that were left behind."""
    now = time.time()
    files = [entry for entry in os.scandir(place) if entry.name.endswith((ENDING, FILES, ".tmp"))]
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
