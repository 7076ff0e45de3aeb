"""`wfc check [PATH …]`: find what is wrong with flows."""

from __future__ import annotations

import sys

from wfc.commands.common import add_paths, exit_code, findings, parser
from wfc.gather import gather
from wfc.record import Record

FORMATS = ("pretty", "concise", "json", "github")


class Options(Record):
    """What `wfc check` was asked for. paths: files and folders, none for the project. environment: of wfc.toml, "" for
    none. format: one of FORMATS."""

    paths: list[str]
    environment: str = ""
    format: str = "pretty"


def parsed(arguments: list[str]) -> Options:
    """The options of a command line. Ends with exit code 2 for wrong ones, as argparse does."""
    if not any(argument.startswith("-") and argument != "-" for argument in arguments):
        # Paths alone need no parser, and importing one takes a tenth of a cold check (docs/benchmarks.md).
        return Options(arguments)
    options = parser(
        "check", "Find what is wrong with flows: syntax, names, types, order, and what fails in production."
    )
    add_paths(options)
    options.add_argument("--format", choices=FORMATS, default="pretty", help="how findings are shown")
    args = options.parse_args(arguments)
    return Options(args.paths, args.environment, args.format)


def run(arguments: list[str]) -> int:
    """Exit code 0 without errors and warnings, else 1; 2 for what can't be read."""
    args = parsed(arguments)
    gathered = gather(args.paths, args.environment)
    found = findings(gathered)
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
