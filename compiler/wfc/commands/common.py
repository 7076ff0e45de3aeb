"""What commands share: the options that name a project, and showing findings."""

from __future__ import annotations

import os
import sys

from wfc.errors import FINDINGS, GOOD, USAGE
from wfc.pipeline import has_errors
from wfc.settings import CheckSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

    from wfc import ir
    from wfc.diagnostic import Diagnostic
    from wfc.gather import Gathered
    from wfc.pipeline import Loaded
    from wfc.rules import Rules
    from wfc.settings import Settings


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

    The commands of [check.commands] are known from then on. Raises UserError (wfc.rules.rules).
    """
    if more is None and settings.check == CheckSettings():
        return None
    from wfc.rules import rules

    if settings.check.commands:
        from wfc.embedded.shell import extend

        extend({name: dict(forms) for name, forms in settings.check.commands})
    return rules(settings.check, settings.folder, more)


def findings(
    gathered: Gathered, rules: Rules | None = None, known: dict[str, tuple[Diagnostic, ...]] | None = None
) -> tuple[Diagnostic, ...]:
    """All findings of the files that were asked for: syntax, names and types, then the checks.

    rules: which checks, and how grave; those of wfc.toml unless said. known: see `wfc.check.run_checks`.
    """
    from wfc.check import in_preset, run_checks
    from wfc.diagnostic import ordered
    from wfc.target_options import option_findings

    loaded = gathered.loaded
    rules = rules or rules_of(gathered.settings)
    codes = rules.codes if rules else in_preset("recommended")
    checked = run_checks(loaded.project, codes, before=loaded.diagnostics, known=known)
    asked = {*gathered.asked, "wfc.toml", *(path for path, _ in gathered.unread)}
    found = ordered(
        found
        for found in (*loaded.diagnostics, *checked, *option_findings(loaded.project))
        if found.span.source in asked
    )
    return rules.apply(found) if rules else found


def show(diagnostics: Iterable[Diagnostic], loaded: Loaded) -> None:
    """Print findings in the pretty form to standard error."""
    from wfc.render import pretty, wants_colour

    out = sys.stderr
    text = pretty(tuple(diagnostics), loaded.sources, wants_colour(out))
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
    asked = set(gathered.asked)
    found = [item for item in gathered.loaded.diagnostics if item.span.source in asked]
    if has_errors(found):
        show(found, gathered.loaded)
        return None
    return [flow for flow in gathered.loaded.project.flows if flow.span.source in asked]
