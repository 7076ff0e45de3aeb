"""The options of `wfc check`, read only when there is one: paths alone need no parser."""

from __future__ import annotations

from wfc.commands.check import FORMATS, Options
from wfc.commands.common import add_paths, parser
from wfc.errors import UserError
from wfc.settings import CheckSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable


def read(arguments: list[str]) -> Options:
    """The options of a command line. Ends with exit code 2 for wrong ones, as argparse does; raises UserError for
    those that argparse can't see.
    """
    args = options().parse_args(arguments)
    refuse_pairs(args)
    select, ignore = listed("--select", args.select), listed("--ignore", args.ignore)
    rules = CheckSettings(args.preset, select, ignore) if args.preset or select or ignore else None
    return Options(
        args.paths,
        args.environment,
        args.format,
        rules,
        tuple(map(target, args.target)),
        args.output,
        args.baseline,
        args.write_baseline,
        args.fix,
        args.unsafe_fixes,
        args.diff,
        args.explain_time,
        not args.no_cache,
    )


def refuse_pairs(args: Namespace) -> None:
    """Raises UserError for options that make no sense together."""
    mends = args.fix or args.diff
    if args.baseline and args.write_baseline:
        raise UserError("--baseline reads known findings, --write-baseline writes them", "keep one of them")
    if mends and (args.baseline or args.write_baseline):
        raise UserError("a baseline keeps findings, --fix and --diff mend them", "mend first, then use the baseline")
    if args.explain_time and (mends or args.output or args.baseline or args.write_baseline):
        raise UserError("--explain-time shows times, not findings", "leave the options about findings away")
    if args.explain_time and args.format != "pretty":
        raise UserError(f"--explain-time has no form `{args.format}`", "leave --format away: it shows tables")
    if args.unsafe_fixes and not mends:
        raise UserError("--unsafe-fixes says which fixes, not what to do with them", "add --diff or --fix")
    for option, path in (("--output", args.output), ("--write-baseline", args.write_baseline)):
        if path.endswith(".wf"):
            raise UserError(f"{option} {path} would overwrite a flow", "name another file")
    if args.diff and args.output:
        raise UserError("--diff shows changes, --output writes findings", "keep one of them")
    if args.fix and not args.diff and "-" in args.paths:
        raise UserError("--fix can't change standard input", "name a file, or use --diff")


def options() -> ArgumentParser:
    """The parser, which also writes the help."""
    made = parser("check", "Find what is wrong with flows: syntax, names, types, order, and what fails in production.")
    add_paths(made)
    made.add_argument("--format", choices=FORMATS, default="pretty", help="how findings are shown")
    made.add_argument("-o", "--output", default="", metavar="FILE", help="write them to FILE, whole or not at all")
    codes = "codes, prefixes (WF3) or names of checks"
    made.add_argument("--select", action="append", default=[], metavar="CODE,…", help=f"run only these: {codes}")
    made.add_argument("--ignore", action="append", default=[], metavar="CODE,…", help=f"do not run these: {codes}")
    made.add_argument("--preset", default="", metavar="NAME", help="draft, recommended (the default) or production")
    made.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="NAME[@V]",
        help="also report what this target (in version V) can't do; may be repeated",
    )
    made.add_argument("--baseline", default="", metavar="FILE", help="hide the findings that FILE knows")
    made.add_argument("--write-baseline", default="", metavar="FILE", help="write all findings to FILE, as known ones")
    made.add_argument("--fix", action="store_true", help="make the safe fixes, then show what is left")
    made.add_argument("--unsafe-fixes", action="store_true", help="also those that want a look (with --fix or --diff)")
    made.add_argument("--diff", action="store_true", help="write nothing; show what --fix would change (exit code 1)")
    made.add_argument("--explain-time", action="store_true", help="show how long the flows can take, and why")
    made.add_argument("--no-cache", action="store_true", help="neither use nor keep findings of earlier runs")
    return made


def listed(option: str, values: Iterable[str]) -> tuple[str, ...]:
    """The parts between the commas of all values, without blanks. Raises UserError for a value without any."""
    found: list[str] = []
    for value in values:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not parts:
            raise UserError(f"{option} names no code", f"leave it out, or name one: {option} WF3,missing-retry")
        found += parts
    return tuple(found)


def target(text: str) -> tuple[str, str]:
    """Name and version ("" for the default one) of `kestra@1.3`. Raises UserError for a target that does not exist."""
    import wfc_targets
    from wfc.commands.compile import pick_version

    name, _, version = text.partition("@")
    if name not in wfc_targets.NAMES:
        from wfc.diagnostic import suggest

        near = suggest(name, wfc_targets.NAMES)
        known = f"known: {', '.join(wfc_targets.NAMES)}"
        raise UserError(f"--target names {name}, which is no target", f"did you mean {near}?" if near else known)
    return name, pick_version(wfc_targets.load(name), version)
