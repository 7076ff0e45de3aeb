"""Paths on the command line → the project that they belong to, and which of its files were asked for."""

from __future__ import annotations

import os

from wfc import settings as settings_module
from wfc.errors import UserError
from wfc.files import read_source
from wfc.pipeline import Loaded, load_texts
from wfc.record import Record
from wfc.settings import Settings

SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "build", "dist"})
"""Folders (and all that begin with a dot) in which no flows are looked for."""


class Gathered(Record):
    """A loaded project. asked: the paths that were named, or all of the project's when none was.

    unread: files that could not be read (`collect`), each the finding WF005 of `loaded`.
    """

    loaded: Loaded
    settings: Settings
    asked: tuple[str, ...]
    unread: tuple[tuple[str, UserError], ...] = ()


class Collected(Record):
    """The texts of a project, before they are parsed: (path, text) in order of path.

    asked, unread: as in `Gathered`.
    """

    texts: tuple[tuple[str, str], ...]
    settings: Settings
    asked: tuple[str, ...]
    unread: tuple[tuple[str, UserError], ...] = ()


def gather(paths: list[str], environment: str = "") -> Gathered:
    """Load what `paths` name, see `collect`. Raises UserError for what can't be read, or when there is nothing."""
    collected = collect(paths, environment)
    for _, error in collected.unread:
        raise error
    return loaded(collected)


def loaded(collected: Collected) -> Gathered:
    """The project that the texts make. A file that could not be read is a finding, WF005."""
    found = load_texts(collected.texts, collected.settings)
    if collected.unread:
        from wfc.unread import with_unread

        found = with_unread(found, collected.unread)
    return Gathered(found, collected.settings, collected.asked, collected.unread)


def collect(paths: list[str], environment: str = "") -> Collected:
    """Read what `paths` name (files, folders, `-` for standard input; none: the project's flows).

    Inside a project (a wfc.toml in the working folder or above) its other flows and catalogs are loaded too, so
    that calls across files resolve. Raises UserError for wfc.toml, for a path that is not there, or when there is
    nothing; what is there and can't be read as a text is in `unread`.
    """
    place = next((os.path.dirname(path) or "." for path in paths if path != "-"), ".")
    config = settings_module.find(place)
    if environment and not config:
        raise UserError("there is no wfc.toml here, so no environments", f"make one with [environments.{environment}]")
    settings = settings_module.read(config, environment) if config else Settings()
    asked = [file for path in paths for file in expand(path)] if paths else flows_below(settings.root or ".")
    if not asked:
        raise UserError(f"there is no .wf file in {' '.join(paths) or settings.root or '.'}", "name a file")
    files = dict.fromkeys(normal(path) for path in asked)
    if settings.root:
        files |= dict.fromkeys(normal(path) for path in flows_below(settings.root))
    for catalog in settings.catalogs:
        files |= dict.fromkeys(normal(path) for path in expand(catalog))
    # In order of path, so that of two things with one name the same is the second one however paths were named.
    texts, unread = [], []
    for path in sorted(files):
        try:
            texts.append((path, source_text(path)))
        except UserError as error:
            if path != "-" and not os.path.lexists(path):
                raise
            unread.append((path, error))
    return Collected(tuple(texts), settings, tuple(dict.fromkeys(map(normal, asked))), tuple(unread))


def around() -> tuple[Settings, list[tuple[str, str]]]:
    """The settings of the project around the working folder, and (path, text) of its flows and catalogs."""
    config = settings_module.find(".")
    if not config:
        return Settings(), []
    settings = settings_module.read(config)
    paths = [*flows_below(settings.root), *(file for path in settings.catalogs for file in expand(path))]
    return settings, [(path, source_text(path)) for path in dict.fromkeys(map(normal, paths))]


def source_text(path: str) -> str:
    """The .wf text of a file; a dumped flow (`.json`) is written out in the language first."""
    text = read_source(path)
    if path.endswith(".json"):
        from wfc.undump import text_of

        return text_of(path, text)
    return text


def expand(path: str) -> list[str]:
    """A file as it is, a folder as the .wf files below it."""
    return flows_below(path) if os.path.isdir(path) else [path]


def flows_below(folder: str) -> list[str]:
    """All .wf files below a folder, sorted; hidden folders and those of SKIPPED are left out.

    Folders that can't be listed are among them, so that reading them says why.
    """
    found: list[str] = []

    def closed(error: OSError) -> None:
        found.append(error.filename)

    for place, folders, files in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED)
        found += [os.path.join(place, name) for name in files if name.endswith(".wf")]
    return sorted(found)


def normal(path: str) -> str:
    """One spelling of a path: relative to the working folder where it lies below it, with `/`."""
    if path == "-":
        return path
    full = os.path.abspath(path)
    here = os.getcwd()
    return (os.path.relpath(full, here) if full.startswith(here + os.sep) else path).replace(os.sep, "/")
