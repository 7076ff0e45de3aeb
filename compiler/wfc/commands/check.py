"""`wfc check [PATH …]`: find what is wrong with flows."""

from __future__ import annotations

import sys

from wfc.commands.common import exit_code, findings, rules_of
from wfc.gather import gather
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.settings import CheckSettings

FORMATS = ("pretty", "concise", "json", "github")


class Options(Record):
    """What `wfc check` was asked for. paths: files and folders, none for the project. environment: of wfc.toml, "" for
    none. format: one of FORMATS. rules: --preset, --select and --ignore. targets: (name, version).
    """

    paths: list[str]
    environment: str = ""
    format: str = "pretty"
    rules: CheckSettings | None = None
    targets: tuple[tuple[str, str], ...] = ()


def parsed(arguments: list[str]) -> Options:
    """The options of a command line. Ends with exit code 2 for wrong ones, as argparse does."""
    if not any(argument.startswith("-") and argument != "-" for argument in arguments):
        # Paths alone need no parser, and importing one takes a tenth of a cold check (docs/benchmarks.md).
        return Options(arguments)
    from wfc.commands.check_options import read

    return read(arguments)


def run(arguments: list[str]) -> int:
    """Exit code 0 without errors and warnings, else 1; 2 for what can't be read."""
    args = parsed(arguments)
    gathered = gather(args.paths, args.environment)
    rules = rules_of(gathered.settings, args.rules)
    found = findings(gathered, rules)
    if args.targets:
        from wfc.commands.check_targets import with_targets

        found = with_targets(gathered, found, args.targets, rules)
    import wfc.render as render

    sources = gathered.loaded.sources
    if args.format == "pretty":
        text = render.pretty(found, sources, render.wants_colour(sys.stdout))
    else:
        text = getattr(render, args.format)(found, sources)
    sys.stdout.write(text)
    if args.format == "pretty":
        summary(found, len(gathered.asked))
    return exit_code(found)


def summary(found: tuple[object, ...], files: int) -> None:
    """The last line, on standard error: how many findings in how many files."""
    where = f"{files} file{'s' if files != 1 else ''}"
    what = f"{len(found)} finding{'s' if len(found) != 1 else ''}" if found else "no findings"
    print(f"{what} in {where}", file=sys.stderr)
