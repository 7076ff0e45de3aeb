"""`wfc check [PATH …]`: find what is wrong with flows."""

from __future__ import annotations

import sys

from wfc.commands.common import exit_code, findings, rules_of, sources
from wfc.files import write_out, write_text
from wfc.gather import collect, loaded
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic
    from wfc.gather import Collected, Gathered
    from wfc.settings import CheckSettings

FORMATS = ("pretty", "concise", "json", "github", "sarif", "gitlab", "junit", "llm")

WORTH = 50_000
"""Characters of all files together from which on findings are kept: below, asking costs more than it saves."""


class Options(Record):
    """What `wfc check` was asked for. paths: files and folders, none for the project. environment: of wfc.toml, "" for
    none. format: one of FORMATS. rules: --preset, --select and --ignore. targets: (name, version). output: the file
    to write, "" for standard output. baseline, write_baseline: files of known findings, "" for none.
    fix, unsafe_fixes, diff, explain_time: the options of the same names. cache: may findings be kept?
    """

    paths: list[str]
    environment: str = ""
    format: str = "pretty"
    rules: CheckSettings | None = None
    targets: tuple[tuple[str, str], ...] = ()
    output: str = ""
    baseline: str = ""
    write_baseline: str = ""
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    explain_time: bool = False
    cache: bool = True


def parsed(arguments: list[str]) -> Options:
    """The options of a command line. Ends with exit code 2 for wrong ones, as argparse does."""
    if not any(argument.startswith("-") and argument != "-" for argument in arguments):
        # Paths alone need no parser, and importing one takes a tenth of a cold check (docs/benchmarks.md).
        return Options(arguments)
    from wfc.commands.check_options import read

    return read(arguments)


def run(arguments: list[str]) -> int:
    """Exit code 0 without errors and warnings (--diff: without changes), else 1; 2 when something can't be read."""
    args = parsed(arguments)
    collected = collect(args.paths, args.environment)
    if is_kept(collected, args):
        return kept(collected, args)
    gathered = loaded(collected)
    if args.explain_time:
        from wfc.commands.check_time import explain_time

        return explain_time(gathered)
    rules = rules_of(gathered.settings, args.rules)
    if args.fix or args.diff:
        from wfc.commands import check_fix

        if args.diff:
            return check_fix.diff(gathered, args, rules)
        gathered = check_fix.fix(gathered, args, rules)
    found = findings(gathered, rules)
    if args.targets:
        from wfc.commands.check_targets import tell_uncompiled, with_targets

        found = with_targets(gathered, found, args.targets, rules)
        tell_uncompiled(gathered, args.targets)
    if args.baseline or args.write_baseline:
        from wfc.commands.check_baseline import with_baseline

        found = with_baseline(found, gathered, args, rules)
    show(found, gathered, args)
    return exit_code(found)


def is_kept(collected: Collected, args: Options) -> bool:
    """Are the findings worth keeping, allowed to be kept, and all that is asked for?"""
    more = (args.explain_time, args.fix, args.diff, args.targets, args.baseline, args.write_baseline)
    if not args.cache or not collected.settings.cache or collected.unread or any(more):
        return False
    return sum(len(text) for _, text in collected.texts) >= WORTH


def kept(collected: Collected, args: Options) -> int:
    """Show what is found, or was found before for the same inputs. Gives the exit code."""
    from wfc.commands import check_cache

    key, files = check_cache.keys(collected, args)
    known = check_cache.read(key, collected) if key else None
    if known is None:
        known = anew(collected, args, files)
        if key:
            check_cache.write(key, *known)
    gathered, found = known
    show(found, gathered, args)
    return exit_code(found)


def anew(collected: Collected, args: Options, files: str) -> tuple[Gathered, tuple[Diagnostic, ...]]:
    """The project and its findings, by what is known of its files. files: the name of that, "" for nothing."""
    rules = rules_of(collected.settings, args.rules)
    if not files or len(collected.texts) < 2:
        gathered = loaded(collected)
        return gathered, findings(gathered, rules)
    from wfc.commands import check_files
    from wfc.incremental import Partial

    before, pickles = check_files.read(files)
    partial = Partial(collected, before)
    found = findings(partial.gathered, rules, partial.checked)
    check_files.write(files, partial.known(), before, pickles)
    return partial.gathered, found


def show(found: tuple[Diagnostic, ...], gathered: Gathered, args: Options) -> None:
    """The findings in the form that was asked for, on standard output or in a file. Raises UserError for the file."""
    import wfc.render as render

    texts = sources(gathered)
    shown = found, texts
    if any(one.code == "WF603" for one in found):
        from wfc.masking import masked

        shown = masked(found, texts)
    if args.format == "pretty":
        text = render.pretty(*shown, not args.output and render.wants_colour(sys.stdout))
    elif hasattr(render, args.format):
        text = getattr(render, args.format)(*shown)
    else:
        from wfc.formats import Report
        from wfc.formats import render as render_format

        flows = gathered.loaded.project.flows
        # fingerprints are made of the text as it is: they have to be those of a baseline
        seen = shown[1] if args.format == "llm" else texts
        text = render_format(args.format, Report(shown[0], seen, gathered.asked, flows, gathered.settings.folder))
    if args.output:
        write_text(args.output, text)
    else:
        write_out(text)
    if args.format == "pretty":
        summary(found, len(gathered.asked))


def summary(found: tuple[object, ...], files: int) -> None:
    """The last line, on standard error: how many findings in how many files."""
    where = f"{files} file{'s' if files != 1 else ''}"
    what = f"{len(found)} finding{'s' if len(found) != 1 else ''}" if found else "no findings"
    print(f"{what} in {where}", file=sys.stderr)
