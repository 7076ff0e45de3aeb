"""Findings in the settings → at their places in wfc.toml.

The resolver reads [defaults] as a text of its own, so places in that are moved to where the values stand in the file.
"""

from __future__ import annotations

import os

from wfc.diagnostic import Edit, Fix, Label
from wfc.record import replace
from wfc.resolve import DEFAULTS_HEAD
from wfc.settings import DEFAULT_KEYS, NAME, PROJECT_KEYS
from wfc.source import Source, Span
from wfc.toml_places import inside, is_there, place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.settings import Settings
    from wfc.toml_places import Keys


def where(text: str, keys: Keys, environment: str) -> str:
    """`line:column` of a setting."""
    found = Source("", text).position(place(text, best(text, keys, environment)).start)
    return f"{found.line}:{found.column}"


def best(text: str, keys: Keys, environment: str) -> Keys:
    """The keys by which a setting stands in the file: those of the environment, which wins, else of the project."""
    if environment and keys[:1] != ("environments",):
        ways = [("environments", environment, *keys)]
        ways += [("environments", environment, *keys[1:])] if keys[0] == "project" and keys[-1] in PROJECT_KEYS else []
        for way in ways:
            if is_there(text, way):
                return way
    return keys


def path_of(settings: Settings) -> str:
    """The path of wfc.toml as findings show it."""
    from wfc.gather import normal

    return normal(os.path.join(settings.folder, NAME)) if settings.folder else NAME


def source_of(settings: Settings) -> dict[str, Source]:
    """Path → text of wfc.toml; {} without one."""
    path = path_of(settings)
    return {path: Source(path, settings.text)} if settings.text else {}


def at(settings: Settings, keys: Keys) -> Span:
    """The place of a setting."""
    found = place(settings.text, best(settings.text, keys, settings.environment))
    return Span(found.start, found.end, path_of(settings))


def placed(found: Iterable[Diagnostic], settings: Settings) -> Iterator[Diagnostic]:
    """The findings, with all that points at [defaults] at its place in the file."""

    def moved(span: Span) -> Span:
        return in_defaults(span, settings) if span.source == NAME and settings.text else span

    for one in found:
        if all(span.source != NAME for span in (one.span, *(label.span for label in one.labels))):
            yield one
            continue
        yield replace(
            one,
            span=moved(one.span),
            labels=tuple(Label(moved(label.span), label.text) for label in one.labels),
            fixes=tuple(
                Fix(fix.title, tuple(Edit(moved(edit.span), edit.text) for edit in fix.edits), fix.safe)
                for fix in one.fixes
            ),
        )


def in_defaults(span: Span, settings: Settings) -> Span:
    """A place in the text that the resolver made of [defaults] (`retry … timeout …`) as one in wfc.toml."""
    from tomllib import loads

    start = len(DEFAULTS_HEAD)
    for key in DEFAULT_KEYS:
        keys = best(settings.text, ("defaults", key), settings.environment)
        if not is_there(settings.text, keys):
            continue
        value = loads(settings.text)
        for part in keys:
            value = value[part]
        first = start + len(key) + 1
        start = first + len(str(value)) + 1
        if span.start < start:
            found = inside(settings.text, keys, str(value), max(0, span.start - first), max(0, span.end - first))
            return Span(found.start, found.end, path_of(settings))
    return at(settings, ("defaults",))
