"""What the calls of a script take away: a whole thing at once (a bucket, a namespace, a database), or what stays gone.

The forms of both are in commands.toml: `destroys` and `lasting`.
"""

from __future__ import annotations

from wfc.embedded.verdict import UNSAFE, Reason
from wfc.patterns import ready
from wfc.record import Record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from wfc.embedded.shell_state import State
    from wfc.embedded.shell_table import Command

    Flags = Sequence[tuple[str, str | None]]

TRIAL = frozenset(["--dry-run", "-dry-run", "--dryrun", "--preview-only", "--help", "-help"])
"""Flags with which nothing happens, unless their value says otherwise (`kubectl --dry-run=none`)."""
IN_EARNEST = ("none", "false")
PARTIAL = frozenset(["--include", "--exclude", "--filter", "-target", "--target"])
"""Flags with which only a part is taken away."""
ALL_FILES = frozenset(
    (("-delete", None), ("-type", "f"), ("-depth", None), ("-xdev", None), ("-mount", None), ("-mindepth", "1"))
)
"""The flags of `find` that leave no file out; any other one is a test, and then only a part is taken away."""
SPARED = ready(
    r"(?i)(?:^|[-_./:])(?:tests?|te?mp|ci|preview|review|pr|sandbox|scratch|dev|e2e|staging|stage|demo|ephemeral|cache)"
    r"\d*(?:[-_./:]|$)"
)
"""Names of what is there to be thrown away; `old` is none of them: old logs are an archive."""
REMOVAL, DESTRUCTION, LASTING = "removal", "destruction", "lasting"
"""Kinds: files of the machine · anything else · what stays, of a whole or of a part."""
NAMING = {
    "az": ("-n", "--name"),
    "kubectl": ("-f", "--filename", "-k", "--kustomize"),
    "oc": ("-f", "--filename"),
}
"""The flags that name a thing where no word does."""
GIVEN = {
    "aws": ("--table-name", "--instance-ids", "--db-instance-identifier", "--db-cluster-identifier"),
    "mongosh": ("--eval",),
    "mongo": ("--eval",),
}
"""The flags whose values count as words: a pattern of `destroys` is looked for in them as well."""
SURROUNDING = frozenset(
    (
        *("--context", "--profile", "--project", "--subscription", "-g", "--resource-group", "-var-file", "--var-file"),
        *("-n", "--namespace", "--db-instance-identifier", "--db-cluster-identifier"),
    )
)
"""The flags that name the account, the environment or the namespace of a thing."""
MAKING = frozenset(["create", "mb", "install", "upgrade", "apply"])
"""Subcommands that make what the words behind them name."""
WHOLE_STATE = {"terraform": "apply", "tofu": "apply", "pulumi": "up"}
"""Programs that make and take away all that is in their directory, and the subcommand that makes it."""
SENDS = "sends the request again"
"""What commands.toml says of a call of curl that is a POST."""


class Taken(Record):
    """A call that takes something away. names: the words for that. since: how much of State.made_later is before it.

    urls: of a request, where it goes: whether its effect stays is for the caller to say. () for all else.
    """

    reason: Reason
    names: frozenset[str]
    since: int
    urls: tuple[str, ...] = ()


def remember(state: State, name: str, command: Command, words: Sequence[str], flags: Flags, node: Node) -> None:
    """Keep what a call makes, and what it takes away. words, flags: as Form.fits has them."""
    makes = made(name, words, flags)
    state.created |= makes
    if is_trial(command, flags):
        return
    destroyed = whole(state, name, command, words, flags, node)
    if destroyed is not None and destroyed.reason.kind == DESTRUCTION:
        state.lasting.append(destroyed)
    elif destroyed is None and (targets := lasts(command, words, flags)) is not None:
        # what makes something for good (a refund) is not what takes it away again
        state.lasting.append(taken(state, LASTING, node, "", () if makes else named(name, targets, flags)))
    elif name == "curl" and command.form(words, flags).effect == SENDS:
        urls = [*words, *(value or "" for flag, value in flags if flag == "--url")]
        state.lasting.append(replace(taken(state, LASTING, node, "", ()), urls=tuple(urls)))
    if destroyed is not None and destroyed.reason.kind == DESTRUCTION and any("$" in one for one in destroyed.names):
        return  # what a variable names may be there to be thrown away
    if destroyed is None or any(flag.partition("=")[0] in PARTIAL for flag, _ in flags):
        return
    hints = [
        *destroyed.names,
        *(words if name in ("mongosh", "mongo") else ()),
        *(value for flag, value in flags if value and flag in SURROUNDING),
    ]
    if destroyed.reason.kind == REMOVAL or not any(SPARED.search(one) for one in hints):
        state.destroyed.append(destroyed)


def seen(state: State, name: str, words: Sequence[str], node: Node) -> None:
    """Keep what a call takes away by the words that are there to be seen, where others are not."""
    command = state.table.command(name)
    if command is not None:
        numbers, flags = command.parsed(words)
        remember(state, name, command, [words[number] for number in numbers], flags, node)


def is_trial(command: Command, flags: Flags) -> bool:
    """Does a call only say what it would do?"""
    return any(flag in TRIAL | command.trial and value not in IN_EARNEST for flag, value in flags)


def whole(state: State, name: str, command: Command, words: Sequence[str], flags: Flags, node: Node) -> Taken | None:
    """The whole thing that a call takes away, by `destroys`."""
    import re

    if name == "find" and not ALL_FILES.issuperset(flags):
        return None
    for form in command.destroys:
        if form.fits(words, flags):
            targets = [*words[len(form.words) :], *given(name, flags)]
            found = [one for one in targets if re.fullmatch(form.help, one)] if form.help else targets
            if found or not form.help:
                effect = form.effect.replace("{}", found[0] if found else "")
                kind = REMOVAL if name in ("rm", "find") else DESTRUCTION
                return taken(state, kind, node, effect, found if form.help else named(name, found, flags))
    return None


def lasts(command: Command, words: Sequence[str], flags: Flags) -> list[str] | None:
    """The words behind a call of a form of `lasting`; None for any other call."""
    import re

    for form in command.lasting:
        rest = " ".join(words[len(form.words) :])
        if form.fits(words, flags) and (found := re.match(form.help, rest)):
            return rest[found.end() :].split()
    return None


def given(name: str, flags: Flags) -> list[str]:
    """The values of flags that count as words."""
    return [value for flag, value in flags if value and flag in GIVEN.get(name, ())]


def named(name: str, targets: Sequence[str], flags: Flags) -> Sequence[str]:
    """What names the things that a call is about: its words, the values of flags, or all of its directory."""
    if name in WHOLE_STATE:
        return [f"{name} {next((value for flag, value in flags if flag in ('-chdir', '-C', '--cwd')), '')}"]
    return targets or [value for flag, value in flags if value and flag in NAMING.get(name, ())]


def made(name: str, words: Sequence[str], flags: Flags) -> set[str]:
    """The names of what a call makes: a dry run of `create` counts, as its text is for `apply` to make it."""
    if name in WHOLE_STATE:
        makes = WHOLE_STATE[name] in words[:1] and not any(flag in ("-destroy", "--destroy") for flag, _ in flags)
        return set(named(name, (), flags)) if makes else set()
    if name == "docker" and words[:1] in (["run"], ["create"]):
        # a volume that is not there is made
        return {(value or "").partition(":")[0] for flag, value in flags if flag in ("-v", "--volume")}
    place = next((number for number, one in enumerate(words, 1) if one in MAKING or one.startswith("create-")), 0)
    if not place and name != "createdb":
        return set()
    behind = words[place:]
    kind = 1 if name in ("kubectl", "oc") and len(behind) > 1 else 0
    return {one.rstrip("/") for one in [*behind[kind:], *named(name, (), flags), *given(name, flags)]}


def taken(state: State, kind: str, node: Node, effect: str, names: Iterable[str]) -> Taken:
    """A call that takes away what these words name."""
    reason = state.found(kind, UNSAFE, node, effect, "").reason
    return Taken(reason, frozenset(one.rstrip("/") or one for one in names), len(state.made_later))


def moved(state: State, one: Taken, node: Node) -> Taken:
    """What a script within the script takes away, at the place of the whole."""
    return replace(one, reason=state.found(one.reason.kind, UNSAFE, node, one.reason.effect, "").reason)


def left(state: State, group: Iterable[Taken]) -> Iterator[Taken]:
    """Those that take away what the script neither makes itself nor makes again."""
    for one in group:
        if not one.names & (state.created | {text for _, text in state.made_later[one.since :]}):
            yield one
