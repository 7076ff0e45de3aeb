"""Calls that take away a whole thing at once: a bucket, a namespace, a database, the history of the main branch."""

from __future__ import annotations

from wfc.embedded.verdict import UNSAFE, Reason
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from wfc.embedded.shell_state import State
    from wfc.embedded.shell_table import Command

HARMLESS = frozenset(["--dry-run", "-dry-run", "--dryrun", "--help", "--include", "--exclude"])
"""Flags with which nothing is taken away, or only a part."""
SPARED = ready(
    r"(?i)(?:^|[-_./:])(?:tests?|te?mp|ci|preview|review|pr|sandbox|scratch|dev|e2e|staging|stage|demo|ephemeral|old|cache)"
    r"\d*(?:[-_./:]|$)"
)
"""Names of what is there to be thrown away."""
REMOVAL, DESTRUCTION = "removal", "destruction"
"""Kinds: files of the machine · anything else."""


def remember(
    state: State, name: str, command: Command, words: Sequence[str], flags: Sequence[tuple[str, str | None]], node: Node
) -> None:
    """Keep a call that takes away a whole thing (`destroys` in commands.toml). words, flags: as Form.fits has them."""
    if any(flag.partition("=")[0] in HARMLESS for flag, _ in flags):
        return
    for form in command.destroys:
        if not form.fits(words, flags):
            continue
        import re

        targets = words[len(form.words) :]
        named = [target for target in targets if re.fullmatch(form.help, target)] if form.help else list(targets)
        kind = REMOVAL if name == "rm" else DESTRUCTION
        thrown_away = kind == DESTRUCTION and any(SPARED.search(one) for one in named)
        if (named or not form.help) and not thrown_away:
            whole = state.found(kind, UNSAFE, node, form.effect.replace("{}", named[0] if named else ""), "")
            state.destroyed.append((whole.reason, frozenset(named)))
            return


def lasting(state: State) -> tuple[Reason, ...]:
    """What a script takes away and does not make again."""
    return tuple(
        reason
        for reason, names in state.destroyed
        if not names & {text for place, text in state.made_later if place > reason.start}
    )
