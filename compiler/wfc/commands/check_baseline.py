"""`wfc check --baseline FILE` and `--write-baseline FILE`."""

from __future__ import annotations

import sys

from wfc import baseline
from wfc.check import in_preset
from wfc.commands.common import sources
from wfc.files import write_text
from wfc.formats import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.commands.check import Options
    from wfc.diagnostic import Diagnostic
    from wfc.gather import Gathered
    from wfc.rules import Rules


def with_baseline(
    found: tuple[Diagnostic, ...], gathered: Gathered, args: Options, rules: Rules | None
) -> tuple[Diagnostic, ...]:
    """The findings that are left: what is not in the baseline, or what could not be written into one.

    Standard error says what was hidden, what is stale and what was written. Raises UserError for the files.
    """
    loaded, folder = gathered.loaded, gathered.settings.folder
    report = Report(found, sources(gathered), gathered.asked, loaded.project.flows, folder)
    if args.write_baseline:
        pairs = baseline.entries(report)
        write_text(args.write_baseline, baseline.text([item for item, _ in pairs]))
        print(f"wrote {args.write_baseline}: {count(len(pairs), 'finding')}", file=sys.stderr)
        written = {id(one) for _, one in pairs}
        return tuple(one for one in found if id(one) not in written)
    ran = rules.codes if rules else in_preset("recommended")
    compared = baseline.compare(
        report, baseline.read(args.baseline), ran if args.targets else ran - {"WF952"}, everything=not args.paths
    )
    if compared.hidden:
        print(f"{count(compared.hidden, 'known finding')} hidden by {args.baseline}", file=sys.stderr)
    for item in compared.stale:
        print(f"stale in {args.baseline}: {item.path}: {item.code} {item.message}", file=sys.stderr)
    if compared.stale:
        remedy = f"write it anew with --write-baseline {args.baseline}"
        print(f"  help: mended, or the flow, file or line reads otherwise now: {remedy}", file=sys.stderr)
    return compared.found


def count(number: int, what: str) -> str:
    """ "1 finding", "2 findings"."""
    return f"{number} {what}{'s' if number != 1 else ''}"
