"""Reading sources and writing results: clear errors, nothing half-written."""

from __future__ import annotations

import os
import sys
from errno import EISDIR
from stat import S_ISDIR, S_ISREG

from wfc.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest source that is read: a flow of 10,000 tasks has about 2 MB."""


def read_source(path: str) -> str:
    """The text of a file, or of standard input for `-`. A byte order mark is dropped.

    Raises UserError for what is missing, a folder, unreadable, too large, binary or not UTF-8.
    """
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            kind = os.stat(path).st_mode
            if not (S_ISREG(kind) or S_ISDIR(kind)):
                raise UserError(f"{path} is no file", "a pipe or a device is read by `-`, as standard input")
            with open(path, "rb") as file:
                data = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UserError(f"there is no file {path}", near_files(path)) from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder", "name a .wf file, or run without paths inside a project") from None
    except PermissionError:
        raise UserError(f"{path} may not be read", "check its permissions") from None
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}") from None
    return decode(path, data)


def decode(path: str, data: bytes) -> str:
    """The text of a source's bytes. Raises UserError (see read_source)."""
    if len(data) > LARGEST:
        raise UserError(f"{path} is larger than {LARGEST // 1024 // 1024} MB", "split it into several flows")
    if b"\0" in data:
        raise UserError(f"{path} is a binary file (it holds a zero byte)", "name a .wf text file")
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{path}:{line}: this is not UTF-8 (byte {data[error.start]:#04x} at offset {error.start})",
            "save the file as UTF-8",
        ) from None


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

    Raises UserError when a place can't be written.
    """
    made: dict[str, str] = {}
    path = ""
    try:
        for path, text in texts.items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            if os.path.isdir(path):
                raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
            made[path] = f"{path}.{os.getpid()}.tmp"
            with open(made[path], "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        for path, temporary in made.items():
            os.replace(temporary, path)
    except OSError as error:
        for temporary in made.values():
            if os.path.exists(temporary):
                os.unlink(temporary)
        raise UserError(f"{path} can't be written: {error.strerror}", "check the folder and its permissions") from None


def write_out(text: str) -> None:
    """Write to standard output as UTF-8, whatever the locale says."""
    sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
