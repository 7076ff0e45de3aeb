"""What commands share: the options that name a project, and showing findings."""

from __future__ import annotations

import os
import sys

from wfc.errors import FINDINGS, GOOD, USAGE, UserError
from wfc.pipeline import has_errors
from wfc.record import replace
from wfc.settings import CheckSettings, WrongSetting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable, Mapping

    from wfc import ir
    from wfc.diagnostic import Diagnostic
    from wfc.gather import Gathered
    from wfc.rules import Rules
    from wfc.settings import Settings
    from wfc.source import Source, Span


def parser(command: str, description: str) -> ArgumentParser:
    """An argument parser for `wfc COMMAND`; wrong arguments end with exit code 2, as argparse does."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    def formatter(prog: str) -> RawDescriptionHelpFormatter:
        # Told its width, argparse need not ask shutil, which would load compression libraries at every start.
        return RawDescriptionHelpFormatter(prog, width=columns() - 2)

    return ArgumentParser(prog=f"wfc {command}", description=description, formatter_class=formatter, allow_abbrev=False)


def columns() -> int:
    """The width of the terminal as COLUMNS says it, 80 unless it says a number."""
    said = os.environ.get("COLUMNS", "")
    return max(40, int(said)) if said.isdigit() else 80


def add_paths(to: ArgumentParser) -> None:
    """The arguments PATHS and --environment, as `wfc.gather.gather` takes them."""
    to.add_argument("paths", nargs="*", metavar="PATH", help="a .wf file or folder, `-` for standard input")
    to.add_argument("--environment", default="", metavar="NAME", help="lay [environments.NAME] over the settings")


def rules_of(settings: Settings, more: CheckSettings | None = None) -> Rules | None:
    """What the settings and the command line (`more`) want of the checks; None for nothing in particular.

    Raises UserError (wfc.rules.rules), for wfc.toml with the line and column.
    """
    if more is None and settings.check == CheckSettings():
        return None
    from wfc.rules import rules

    try:
        return rules(settings.check, settings.folder, more)
    except WrongSetting as error:
        from wfc.settings_places import path_of, where

        place = where(settings.text, error.keys, settings.environment)
        raise UserError(f"{path_of(settings)}:{place}: {error.message}", error.remedy) from None


def add_commands(settings: Settings) -> None:
    """Let the reader of scripts know the commands of [check.commands], from now on."""
    if settings.check.commands:
        from wfc.embedded.shell import extend

        extend({name: dict(forms) for name, forms in settings.check.commands})


def findings(
    gathered: Gathered, rules: Rules | None = None, known: dict[str, tuple[Diagnostic, ...]] | None = None
) -> tuple[Diagnostic, ...]:
    """All findings of the files that were asked for: syntax, names and types, then the checks.

    rules: which checks, and how grave; those of wfc.toml unless said. known: see `wfc.check.run_checks`.
    """
    from wfc.check import in_preset, run_checks
    from wfc.diagnostic import ordered

    add_commands(gathered.settings)
    loaded = gathered.loaded
    rules = rules or rules_of(gathered.settings)
    codes = rules.codes if rules else in_preset("recommended")
    checked = run_checks(loaded.project, codes, before=loaded.diagnostics, known=known)
    asked = sources_asked(gathered)
    there = [found for found in (*loaded.diagnostics, *checked) if found.span.source in asked]
    found = ordered((*placed(there, gathered), *options(gathered)))
    return rules.apply(found) if rules else found


def sources_asked(gathered: Gathered) -> set[str]:
    """Where findings are told of: the files that were asked for, the settings, and all that could not be read."""
    return {*gathered.asked, "wfc.toml", *(path for path, _ in gathered.unread)}


def placed(found: Iterable[Diagnostic], gathered: Gathered) -> Iterable[Diagnostic]:
    """The findings, those in the settings at their places in wfc.toml."""
    spans = (span for one in found for span in (one.span, *(label.span for label in one.labels)))
    if all(span.source != "wfc.toml" for span in spans):
        return found
    from wfc.settings_places import placed

    return placed(found, gathered.settings)


def options(gathered: Gathered) -> Iterable[Diagnostic]:
    """What is wrong with options of targets, in the flows that were asked for and in the settings."""
    from wfc.target_options import option_findings

    settings = gathered.settings

    def at(keys: tuple[str, ...]) -> Span:
        from wfc import settings_places

        return settings_places.at(settings, keys)

    flows = tuple(flow for flow in gathered.loaded.project.flows if flow.span.source in gathered.asked)
    return option_findings(replace(gathered.loaded.project, flows=flows), at)


def sources(gathered: Gathered) -> dict[str, Source]:
    """Path → text of all that findings can point at: the flows, and wfc.toml."""
    if not gathered.settings.text:
        return gathered.loaded.sources
    from wfc.settings_places import source_of

    return {**gathered.loaded.sources, **source_of(gathered.settings)}


def show(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> None:
    """Print findings in the pretty form to standard error."""
    from wfc.render import pretty, wants_colour

    out = sys.stderr
    text = pretty(tuple(diagnostics), sources, wants_colour(out))
    out.write(text)


def exit_code(diagnostics: Iterable[Diagnostic], warnings_count: bool = True) -> int:
    """2 when a file could not be read (WF005), 1 when there is an error (or a warning, where those count), else 0."""
    found = tuple(diagnostics)
    if any(item.code == "WF005" for item in found):
        return USAGE
    bad = has_errors(found) or (warnings_count and any(item.severity == "warning" for item in found))
    return FINDINGS if bad else GOOD


def resolved(gathered: Gathered) -> list[ir.Flow] | None:
    """The flows of the files that were asked for; None, with the findings shown, when one can't be resolved."""
    told = sources_asked(gathered)
    found = tuple(placed([item for item in gathered.loaded.diagnostics if item.span.source in told], gathered))
    if has_errors(found):
        show(found, sources(gathered))
        return None
    return [flow for flow in gathered.loaded.project.flows if flow.span.source in gathered.asked]
