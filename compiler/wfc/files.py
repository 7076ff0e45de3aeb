"""Reading sources and writing results: clear errors, nothing half-written."""

from __future__ import annotations

import os
import sys
from errno import EISDIR, ELOOP
from stat import S_IMODE, S_ISDIR, S_ISREG

from wfc.errors import Unreadable, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest source that is read: a flow of 10,000 tasks has about 2 MB."""


def read_source(path: str) -> str:
    """The text of a file, or of standard input for `-`. A byte order mark is dropped.

    Raises UserError for what is missing, Unreadable for what is there: a folder, a device, a link to nothing,
    too large, binary or not UTF-8.
    """
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            kind = os.stat(path).st_mode
            if not (S_ISREG(kind) or S_ISDIR(kind)):
                raise Unreadable(path, "is a pipe or a device", "hand it over by `-`, as standard input")
            with open(path, "rb") as file:
                data = file.read(LARGEST + 1)
    except FileNotFoundError:
        if os.path.islink(path):
            problem = f"is a link to {os.readlink(path)}, which is not there"
            raise Unreadable(path, problem, "mend the link or take it away") from None
        raise UserError(f"there is no file {path}", near_files(path)) from None
    except IsADirectoryError:
        raise Unreadable(path, "is a folder", "name a .wf file, or run without paths inside a project") from None
    except PermissionError:
        raise Unreadable(path, "may not be read", "check its permissions") from None
    except OSError as error:
        if error.errno == ELOOP:
            raise Unreadable(path, "is a link that leads to itself", "mend the link or take it away") from None
        raise Unreadable(path, f"can't be read: {error.strerror}", "check the disk, then run again") from None
    return decode(path, data)


def decode(path: str, data: bytes) -> str:
    """The text of a source's bytes. Raises Unreadable (see read_source)."""
    if len(data) > LARGEST:
        problem = f"is larger than {LARGEST // 1024 // 1024} MB"
        raise Unreadable(path, problem, "split it into several flows, or give it another ending than .wf")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(path, "is a text in UTF-16", "save the file as UTF-8")
    body = data.removeprefix(b"\xef\xbb\xbf")
    if (at := body.find(0)) >= 0:
        text = body.decode("utf-8", "replace")
        problem = "is a binary file (it holds a zero byte)"
        remedy = "give it another ending than .wf, or take the byte out"
        raise Unreadable(path, problem, remedy, text, len(body[:at].decode("utf-8", "replace")))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
        problem = f"is not UTF-8 (byte {body[at]:#04x} at offset {at + len(data) - len(body)})"
        text = body.decode("utf-8", "replace")
        raise Unreadable(path, problem, "save the file as UTF-8", text, len(body[:at].decode("utf-8"))) from None


def near_files(path: str) -> str:
    """A remedy for a missing file: a .wf file of a similar name beside it."""
    from wfc.diagnostic import suggest

    folder = os.path.dirname(path) or "."
    try:
        own = os.path.basename(path)
        names = [name for name in os.listdir(folder) if name.endswith(".wf") and name != own]
    except OSError:
        return f"there is no folder {folder} either"
    near = suggest(os.path.basename(path), names) or suggest(os.path.basename(path) + ".wf", names)
    return f"did you mean {os.path.join(folder, near) if folder != '.' else near}?" if near else ""


def write_text(path: str, text: str) -> None:
    """Write a file whole or not at all. Folders are made. Raises UserError when the place can't be written."""
    write_all({path: text})


def write_all(texts: Mapping[str, str]) -> None:
    """Write files (path → text), all of them or none: each into a file beside it, then all are renamed.

    A link stays, its file is written; a file keeps its mode. Pipes, devices and what standard output or standard error
    goes to (`/dev/stdout`) are written in place, after all others. Raises UserError when a place can't be written.
    """
    made: dict[str, str] = {}
    direct: dict[str, str] = {}
    path = ""
    try:
        for path, text in texts.items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            mode = mode_of(path)
            if S_ISDIR(mode):
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
            if mode and (not S_ISREG(mode) or is_stream(path)):
                direct[path] = text
                continue
            place = os.path.realpath(path)
            made[place] = f"{place}.{os.getpid()}.tmp"
            with open(made[place], "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            if mode:
                os.chmod(made[place], S_IMODE(mode))
        for path, temporary in made.items():
            os.replace(temporary, path)
        for path, text in direct.items():
            # To replace the file behind `/dev/stdout`, or to empty it, would take away what others have written there.
            with open(path, "a", encoding="utf-8", newline="\n") as file:
                file.write(text)
    except OSError as error:
        for temporary in made.values():
            if os.path.exists(temporary):
                os.unlink(temporary)
        raise UserError(f"{path} can't be written: {error.strerror}", "check the folder and its permissions") from None


def mode_of(path: str) -> int:
    """What stands at a path, as `os.stat` says it in `st_mode`; 0 for nothing. Links are followed."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return 0


def is_stream(path: str) -> bool:
    """Is it the file that standard output or standard error goes to?"""
    for number in (1, 2):
        try:
            if os.path.samestat(os.stat(path), os.fstat(number)):
                return True
        except OSError:
            continue  # a stream that is closed
    return False


def write_out(text: str) -> None:
    """Write to standard output as UTF-8, whatever the locale says."""
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
