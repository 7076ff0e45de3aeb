"""One command of a script: its wrappers taken off, the forms of commands.toml, and those that no table can hold."""

from __future__ import annotations

from wfc.embedded import shell_destroys, shell_inner, shell_sql
from wfc.embedded.shell_guards import COMMAND, FAILS, NEW_NAME, REPEATS, Found, doubtful, judged
from wfc.embedded.shell_words import NEW, STABLE, Word, bare
from wfc.embedded.verdict import READ, SAFE, UNKNOWN, UNSAFE, WRITE
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from wfc.embedded.shell_reader import Reader
    from wfc.embedded.shell_table import Command, Form

TOTAL = frozenset(["true", ":", "echo", "printf"])
"""What never fails."""
OUTPUTS = frozenset(["-o", "--output", "-f", "--file", "-O", "--output-document", "-P", "--directory-prefix", "-C"])
"""Flags whose value is the file that is written."""
BLIND_TO_CONTENT = frozenset(
    ["touch", "test", "[", "ls", "stat", "chmod", "chown", "chgrp", "mkdir", "basename", "dirname"]
)
"""Commands that do not look into the files they name."""
TAKEN_AWAY = frozenset(["docker", "createdb", "createuser", "git"])
"""Commands that make what another command has taken away by name: `docker rm -f web`, `dropdb`, `rm -rf directory`."""
IN_DIRECTORY = frozenset(["git", "patch", "ssh-keygen", "openssl"])
"""Commands that work on the directory they are called in."""
MOST_PAIRS = 100_000
"""Words × flags with a value of one call that are looked at; of one with more nobody knows."""
SEVERAL = ("--next", "-:")
OTHER_SERVERS = ("smtp://", "smtps://", "ftp://", "ftps://", "--mail-")
FLAGS_NAME = ready(r"(?i)opt|arg|flag|extra|param")
INNOCENT_POST = ready(r"(?i)/oauth|/token|/login|/auth\b|graphql|/_?search|/query|idempotency-key")
AWK_WRITES = ready(r"system\s*\(|\bprintf?\b[^}]*[>|]|\|\s*getline|-i\s+inplace")
SED_WRITES = ready(r"(?:^|[;{}\d$/])\s*[we]\s|/[gip\d]*[we](?:\s|$)")


def run(reader: Reader, name: Word, words: Sequence[Word], node: Node, *, functions: bool = True) -> list[Found]:
    """What a command does; its substitutions have been read. words: those behind the name. functions: as Reader.run."""
    called = bare(name.text)
    if name.names or "$(" in called:
        return reader.unread(node)
    if functions and called in reader.functions:
        return shell_inner.function(reader, called, words)
    if reader.table.is_told(called, [one.text for one in words]):
        return looked_up(reader, called, words, node)
    if called == "docker" and words and words[0].text == "compose":
        return looked_up(reader, "docker-compose", words[1:], node)
    if (inner := inside(reader, called, words, node)) is not None:
        return inner
    match called:
        case "cd" | "pushd" | "popd":
            reader.enter(next((one for one in words if one.text == "-" or one.text[0:1] != "-"), None))
            return []
        case "set" if any(one.text == "+e" for one in words):
            reader.lenient = True
            return []
        case "alias" if any("=" in one.text for one in words):
            return reader.unread(node)  # a word of the script may be another from here on
        case "curl" | "wget" if is_unfollowed(words):
            shell_destroys.seen(reader, called, [one.text for one in words], node)
            return reader.unread(node)
        case "tee":
            return tee(reader, words, node)
        case "awk" | "gawk" | "mawk" | "sed":
            return stream_editor(reader, called, words, node)
        case _ if called in shell_sql.PLAIN_CLIENTS or called in shell_sql.CLIENTS:
            return shell_sql.client(reader, called, words, node)
        case "bq" if words and any(one.text == "query" for one in words):
            return shell_sql.bigquery(reader, words, node)
        case _:
            return looked_up(reader, called, words, node)


def inside(reader: Reader, called: str, words: Sequence[Word], node: Node) -> list[Found] | None:
    """What a command does that runs others; None for one that does its own work."""
    match called:
        case _ if called in shell_inner.WRAPPERS:
            return shell_inner.wrapped(reader, called, words, node)
        case _ if called in shell_inner.SHELLS:
            return shell_inner.nested(reader, words, node)
        case _ if called in shell_inner.OTHER_USER:
            return shell_inner.other_user(reader, words, node)
        case "ssh":
            return shell_inner.remote(reader, words, node)
        case "eval":
            return shell_inner.evaluated(reader, words, node)
        case "trap":
            held = words and words[0].text not in ("-", "")
            return shell_inner.text_of_code(reader, words[0], node) if held else []
        case "find":
            return shell_inner.search(reader, words, node)
        case _:
            return None


def tee(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`tee a b` writes each of its files, `tee -a` appends to them."""
    flags = [one.text for one in words if one.text[:1] == "-"]
    append = any(text.startswith("--ap") or (text[:2] != "--" and "a" in text) for text in flags)
    targets = [one for one in words if not one.text.startswith("-")]
    return [found for one in targets for found in reader.write(one, node, append=append)]


def is_unfollowed(words: Sequence[Word]) -> bool:
    """Has a call of curl its flags in a variable, several requests, or a server of mail or files?"""
    return any(
        (one.many and one.names) or one.text in SEVERAL or one.text.lower().startswith(OTHER_SERVERS) for one in words
    )


def stream_editor(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """`sed` and `awk`, which read unless their program writes or a flag says so."""
    flags = [one.text for one in words if one.text.startswith("-")]
    if any(
        text.startswith(("-i", "--in-place", "-f", "--file")) or (text[1:2] != "-" and "i" in text) for text in flags
    ):
        return reader.unread(node, "may change the file once more")
    writes = SED_WRITES if name == "sed" else AWK_WRITES
    reader.looked_at |= {one.text for one in words}
    return reader.unread(node) if any(writes.search(one.text) for one in words) else []


def looked_up(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """A command as the table has it."""
    command = reader.table.command(name)
    if command is None:
        return reader.unread(node)
    texts = [one.text for one in words]
    if name == "tar" and texts and texts[0][:1] not in ("-", "$"):
        texts[0] = f"-{texts[0]}"
    numbers, flags = command.parsed(texts)
    if len(flags) * len(words) > MOST_PAIRS:
        return reader.unread(node)
    form = command.form([texts[number] for number in numbers], flags)
    targets = [words[number] for number in numbers][len(form.words) :]
    values = [(one, flag) for flag, value in flags if value is not None for one in words if one.text.endswith(value)]
    about = concerned(command, form, targets, values)
    places = whereabouts(reader, name, command, form, about)
    found: list[Found] = []
    if name == "mv" and targets and all(is_own(reader, one) for one in targets[:-1]):
        found = reader.write(targets[-1], node, append=False)
    elif name == "cp" and form.verdict == UNKNOWN and targets and into(targets):
        found = [reader.found(COMMAND, SAFE, node, "", "", frozenset(texts))]
    elif form.verdict != READ and not places <= {"temp", "sink"}:
        found = effects(reader, form, about, places, words, node)
        if any(one.reason.kind.startswith(FAILS) for one in found) and undone(
            reader, name, command, about, frozenset(texts)
        ):
            found = [judged(one, SAFE) for one in found]
    if any(one.many and is_flags(one, reader) for one in words):
        found = doubtful(found) if found and form.verdict == UNSAFE else reader.unread(node)
    if reader.lenient:
        found = doubtful(found, (FAILS,))
    remember(reader, name, command.removes, form, targets, node)
    if form.verdict == WRITE and name not in ("touch", "mkdir"):
        reader.made |= {one.text for one in about}
    elif form.verdict in (WRITE, UNSAFE) and not command.removes:
        reader.own |= {one.text for one in about}
    if form.verdict != READ and not command.removes:
        reader.made_later += [(node.start_byte, one.text) for one in about]
    shell_destroys.remember(reader, name, command, [texts[number] for number in numbers], flags, node)
    return [Found(one.reason, one.targets, command.removes) for one in found]


def is_own(reader: Reader, path: Word) -> bool:
    """Has the script made this file itself?"""
    return path.text in reader.made or reader.place(path) == "temp"


def into(targets: Sequence[Word]) -> bool:
    """Does a recursive copy go into a directory that is there, so that a second one goes to the same place?"""
    return targets[-1].text.endswith(("/", "/.")) or all(one.text.endswith(("/.", "*")) for one in targets[:-1])


def whereabouts(reader: Reader, name: str, command: Command, form: Form, about: Sequence[Word]) -> set[str]:
    """Where the things are that a command changes."""
    on_path = bool(command.paths) and (command.paths != "flags" or form.verdict == WRITE)
    if about and (on_path or form.words == ("clone",)):
        return {reader.place(one) for one in about}
    return {reader.cwd} if name in IN_DIRECTORY else {"away"}


def is_flags(one: Word, reader: Reader) -> bool:
    """May a word hold flags of the command? By the name of its variable, or as all arguments of the script."""
    in_function = reader.depth > 0
    return ("@" in one.names and not in_function) or any(FLAGS_NAME.search(name) for name in one.names)


def effects(
    reader: Reader, form: Form, about: Sequence[Word], places: set[str], words: Sequence[Word], node: Node
) -> list[Found]:
    """What a command that is no plain read does. about: the words for what it changes; places: where they lead."""
    here = "-here" if places == {"here"} else ""
    names = frozenset(one.text for one in words)
    changes = {one.change for one in words}
    if form.verdict == WRITE and any(one.change == NEW for one in about):
        effect = "leaves another file beside the first"
        return [reader.found(NEW_NAME + here, UNSAFE, node, effect, "name the file after the run", names)]
    if form.verdict in (SAFE, WRITE):
        stays = changes <= {STABLE} and not (form.verdict == WRITE and about and about[-1].text in reader.looked_at)
        return [reader.found(COMMAND, SAFE if stays else UNKNOWN, node, "", "", names)]
    kind = FAILS if form.effect.startswith("fails") else REPEATS
    verdict = form.verdict
    if verdict == UNSAFE and kind == FAILS and changes != {STABLE}:
        # another name in each run or day
        verdict = UNKNOWN
    elif verdict == UNSAFE and kind == REPEATS and any(INNOCENT_POST.search(one.text) for one in words):
        verdict = UNKNOWN
    return [reader.found(kind + here, verdict, node, form.effect, form.help, names)]


def concerned(command: Command, form: Form, targets: Sequence[Word], flags: Sequence[tuple[Word, str]]) -> list[Word]:
    """The words of a call that name what it changes. flags: the values of flags, with the flag."""
    if form.words == ("clone",):
        return list(targets[1:2])
    match command.paths:
        case "all":
            return list(targets)
        case "first":
            return list(targets[:1])
        case "flags":
            return [value for value, flag in flags if flag in OUTPUTS]
        case _:
            return list(targets[-1:])


def undone(reader: Reader, name: str, command: Command, about: Sequence[Word], names: frozenset[str]) -> bool:
    """Has the script itself taken away what would be in the way, or made what is to be taken away?"""
    texts = {one.text for one in about}
    if command.removes:
        return bool(texts) and texts <= reader.own | reader.made
    return bool((names if name in TAKEN_AWAY else texts if command.paths else set()) & reader.gone)


def remember(reader: Reader, name: str, removes: bool, form: Form, targets: Sequence[Word], node: Node) -> None:
    """Keep what a command has made, taken away or looked at."""
    texts = {one.text for one in targets}
    if removes or name in ("docker", "truncate"):
        if form.verdict == SAFE or name == "truncate":
            reader.gone |= texts
            # what is not there, or empty, grows from nothing
            reader.made |= texts
        reader.removed_later += [(node.start_byte, text) for text in texts]
    elif form.verdict in (READ, SAFE, UNKNOWN) and name not in BLIND_TO_CONTENT:
        reader.looked_at |= texts


def forgiven(one: Found) -> Found:
    """`A || true`: what fails the second time is left as it is."""
    if one.reason.verdict == UNSAFE and one.reason.kind.startswith(FAILS):
        return judged(one, SAFE)
    return judged(one, UNKNOWN) if one.reason.verdict == UNSAFE and ", or fails" in one.reason.effect else one
