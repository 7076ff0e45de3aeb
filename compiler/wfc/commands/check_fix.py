"""`wfc check --fix` and `--diff`: mend what can be mended, in the files that were asked for."""

from __future__ import annotations

import sys

from wfc import gather
from wfc.commands.check_targets import with_targets
from wfc.commands.common import findings
from wfc.errors import FINDINGS, GOOD
from wfc.files import write_all, write_out
from wfc.fixing import Fixed, mend
from wfc.gather import Collected, Gathered
from wfc.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from wfc.commands.check import Options
    from wfc.diagnostic import Diagnostic
    from wfc.fixing import Found, Texts
    from wfc.rules import Rules

MARK = b"\xef\xbb\xbf"
"""The byte order mark, which reading drops."""


def fix(gathered: Gathered, args: Options, rules: Rules | None) -> Gathered:
    """Write the files that fixes change, all of them or none; gives what was read as it stands then.

    Standard error says what was done, and what was left out and why. Raises UserError when a file can't be written.
    """
    result = mended(gathered, args, rules)
    texts = changed(gathered, result)
    write_all({path: with_mark(path, text) for path, text in texts.items()})
    tell("fixed", result)
    more = sum(any(not item.safe for item in one.fixes) for one in result.found)
    if more and not args.unsafe_fixes:
        print(f"note: {more} more with a fix that wants a look: --unsafe-fixes (or --diff first)", file=sys.stderr)
    return loaded(gathered, result.texts, gathered.asked) if texts else gathered


def diff(gathered: Gathered, args: Options, rules: Rules | None) -> int:
    """Show what `fix` would write, as a unified diff on standard output. Exit code 1 when that is anything."""
    from wfc.commands.fmt import difference

    result = mended(gathered, args, rules)
    texts = changed(gathered, result)
    for path, text in sorted(texts.items()):
        write_out(difference(path, gathered.loaded.sources[path].text, text))
    tell("would fix", result)
    return FINDINGS if texts else GOOD


def mended(gathered: Gathered, args: Options, rules: Rules | None) -> Fixed:
    """The fixes of what was asked for, judged by all flows of the project, and by the targets that were asked for."""
    unread = {path for path, _ in gathered.unread}
    texts = {path: source.text for path, source in gathered.loaded.sources.items() if path not in unread}
    everything = tuple(texts)
    broken = {item.span.source for item in gathered.loaded.diagnostics if item.code == "WF001"}
    for path in sorted(broken.intersection(gathered.asked)):
        print(f"note: {path} is left as it is: mend its syntax first", file=sys.stderr)
    # a dumped flow was written out in the language to be read: there is no text of its own to change
    editable = {path for path in gathered.asked if not path.endswith(".json")} - broken - unread

    def load(texts: Texts) -> Gathered:
        return loaded(gathered, texts, everything)

    def check(texts: Texts) -> Found:
        return findings(load(texts), rules)

    if args.targets:
        return mended_for_targets(texts, editable, load, args, rules)
    return mend(texts, check(texts), editable, check, args.unsafe_fixes)


def mended_for_targets(
    texts: Texts, editable: Collection[str], load: Callable[[Texts], Gathered], args: Options, rules: Rules | None
) -> Fixed:
    """First the errors of the language, then the rest, judged by what the targets say.

    A flow with such an error is not compiled, so what a target refuses in it comes to light with the fix of the error:
    that does not speak against the fix.
    """

    def findings_of(project: Gathered) -> Found:
        return with_targets(project, findings(project, rules), args.targets, rules)

    def errors(texts: Texts) -> Found:
        project = load(texts)
        return fixed_only(findings(project, rules), set(project.loaded.diagnostics))

    def others(texts: Texts) -> Found:
        project = load(texts)
        found = findings_of(project)
        return fixed_only(found, set(found).difference(project.loaded.diagnostics))

    first = mend(texts, errors(texts), editable, errors, args.unsafe_fixes)
    second = mend(first.texts, others(first.texts), editable, others, args.unsafe_fixes)
    found = findings_of(load(second.texts))
    return Fixed(second.texts, first.done + second.done, first.refused + second.refused, found)


def fixed_only(found: Found, these: Collection[Diagnostic]) -> Found:
    """The findings, without the fixes of all but these."""
    return tuple(one if one in these else replace(one, fixes=()) for one in found)


def loaded(gathered: Gathered, texts: dict[str, str], asked: tuple[str, ...]) -> Gathered:
    """The same project with other texts, and other files that were asked for."""
    return gather.loaded(Collected(tuple(texts.items()), gathered.settings, asked, gathered.unread))


def changed(gathered: Gathered, result: Fixed) -> dict[str, str]:
    """The texts that are not what they were, by path."""
    return {path: text for path, text in result.texts.items() if text != gathered.loaded.sources[path].text}


def with_mark(path: str, text: str) -> str:
    """A text with the byte order mark that its file begins with, if it does."""
    with open(path, "rb") as file:
        return "\ufeff" + text if file.read(3) == MARK else text


def tell(verb: str, result: Fixed) -> None:
    """What was done and what was left out, a line each, on standard error."""
    for change in result.done:
        print(f"{verb} {place(change.found, change.line)}: {change.fix.title}", file=sys.stderr)
    for change in result.refused:
        where = place(change.found, change.line)
        print(f"left out {where}: {change.fix.title}: {change.reason}", file=sys.stderr)


def place(found: Diagnostic, line: int) -> str:
    """`f.wf:3 WF302`: the line before any fix of its round."""
    return f"{found.span.source}:{line} {found.code}"
