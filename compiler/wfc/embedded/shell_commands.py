"""One command of a script: its wrappers taken off, the forms of commands.toml, and those that no table can hold."""

from __future__ import annotations

from wfc.embedded.shell import is_deep
from wfc.embedded.shell_guards import COMMAND, FAILS, NEW_NAME, REPEATS, Found, doubtful, judged
from wfc.embedded.shell_sql import sql_verdict
from wfc.embedded.shell_table import WRITE
from wfc.embedded.shell_words import NEW, STABLE, Word
from wfc.embedded.verdict import READ, SAFE, UNKNOWN, UNSAFE
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from wfc.embedded.shell_reader import Reader
    from wfc.embedded.shell_table import Command, Form

WRAPPERS = {
    "sudo": "-u -g -h -p -C -D -R -T -U --user --group",
    "env": "-u -C -S --unset --chdir",
    "nice": "-n --adjustment",
    "ionice": "-c -n -p",
    "timeout": "-s -k --signal --kill-after",
    "time": "-f -o",
    "nohup": "",
    "setsid": "",
    "stdbuf": "-i -o -e",
    "command": "",
    "builtin": "",
    "exec": "-a",
    "chronic": "",
    "gosu": "",
    "doas": "-u",
    "flock": "-w -E --timeout",
    "unbuffer": "",
    "xargs": "-I -n -P -L -d -a -s -E --max-args --max-procs --delimiter --arg-file --replace",
}
"""Commands that run the command behind them, and their flags that take a value."""
LEADING = {"timeout": 1, "gosu": 1, "flock": 1}
"""How many words stand before the command that is run."""
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
SHELLS = frozenset(["bash", "sh", "dash", "zsh", "ksh"])
CLIENTS = {
    "psql": "-c --command",
    "mysql": "-e --execute",
    "mariadb": "-e --execute",
    "clickhouse-client": "-q --query",
}
"""Clients of databases, and the flags that hold their SQL."""
CLIENT_OPTIONS = "-h -p -U -d -v -F -o -f -P --host --port --user --dbname --set --file --variable --username -u -D"
MOST_CALLS = 200
"""Calls of functions of the script that are followed: functions that call each other would never end."""
PLACES = ("/bin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/usr/sbin/")
FLAGS_NAME = ready(r"(?i)opt|arg|flag|extra|param")
INNOCENT_POST = ready(r"(?i)/oauth|/token|/login|/auth\b|graphql|/_?search|/query|idempotency-key")
AWK_WRITES = ready(r"system\s*\(|\bprintf?\b[^}]*[>|]|\|\s*getline|-i\s+inplace")
SED_WRITES = ready(r"(?:^|[;{}\d$/])\s*[we]\s|/[gip\d]*[we](?:\s|$)")


def run(reader: Reader, name: Word, words: Sequence[Word], node: Node) -> list[Found]:
    """What a command does; its substitutions have been read. words: those behind the name."""
    called = bare(name.text)
    if name.names or "$(" in called:
        return reader.unread(node)
    if called in reader.functions:
        return function(reader, called)
    if called == "docker" and words and words[0].text == "compose":
        return looked_up(reader, "docker-compose", words[1:], node)
    if called in WRAPPERS:
        return wrapped(reader, called, words, node)
    if called in SHELLS:
        return nested(reader, words, node)
    match called:
        case "cd" | "pushd" | "popd":
            reader.enter(next((one for one in words if one.text == "-" or one.text[0:1] != "-"), None))
            return []
        case "set" if any(one.text == "+e" for one in words):
            reader.lenient = True
            return []
        case "trap":
            return text_of_code(reader, words[0], node) if words and words[0].text not in ("-", "") else []
        case "curl" | "wget" if any(one.many and one.names for one in words):
            return reader.unread(node)  # its flags may be in a variable
        case "find":
            return search(reader, words, node)
        case "tee":
            append = any(
                one.text.startswith("--ap") or (one.text[:2] != "--" and "a" in one.text)
                for one in words
                if one.text[:1] == "-"
            )
            targets = [one for one in words if not one.text.startswith("-")]
            return [found for one in targets for found in reader.write(one, node, append=append)]
        case "awk" | "gawk" | "mawk" | "sed":
            return stream_editor(reader, called, words, node)
        case "sqlite3" | "duckdb":
            return sql(reader, [one.text for one in words[1:]] or [""], node)
        case _ if called in CLIENTS:
            return client(reader, called, words, node)
        case _:
            return looked_up(reader, called, words, node)


def bare(name: str) -> str:
    """A name without the place of a usual program and without the backslash that avoids an alias."""
    for place in PLACES:
        if name.startswith(place):
            return name[len(place) :]
    return name.lstrip("\\")


def function(reader: Reader, name: str) -> list[Found]:
    """A function of the script, as it stands where it is called."""
    reader.calls += 1
    if reader.depth >= 8 or reader.calls > MOST_CALLS:
        return reader.unread(reader.functions[name])
    reader.depth += 1
    found = reader.visit(reader.functions[name])
    reader.depth -= 1
    return found


def wrapped(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """`sudo -u x A B`, `timeout 5 A`, `xargs A`: A is what counts."""
    options = WRAPPERS[name].split()
    number, skip = 0, LEADING.get(name, 0)
    while number < len(words):
        text = words[number].text
        if text in ("-v", "-V") and name == "command":
            return []
        if text == "-i" and name == "sudo":
            return reader.unread(node)
        if text.startswith("-") and len(text) > 1:
            number += 2 if text in options else 1
        elif name in ("env", "sudo") and "=" in text.partition("/")[0]:
            number += 1
        elif skip:
            skip, number = skip - 1, number + 1
        else:
            break
    rest = words[number:]
    if not rest:
        return []
    found = run(reader, rest[0], rest[1:], node)
    # without input `xargs` has nothing that could fail
    return doubtful(found, (FAILS,)) if name == "xargs" else found


def nested(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`bash -c '…'` is the text; any other script of a shell is not here to be read."""
    for number, one in enumerate(words[:-1]):
        if one.text.startswith("-") and one.text.endswith("c"):
            return text_of_code(reader, words[number + 1], node)
    if [one.text for one in words] == ["--version"]:
        return []
    return reader.unread(node)


def text_of_code(reader: Reader, code: Word, node: Node) -> list[Found]:
    """A script in a word: its statements count, at the place of the word."""
    root = reader.parse(code.text.encode())
    if root.has_error or is_deep(root) or code.many or reader.depth >= 8:
        return reader.unread(node)
    reader.depth += 1
    inner = reader.apart([root], whole=True)
    reader.depth -= 1
    return [moved(reader, one, node) for one in inner]


def moved(reader: Reader, one: Found, node: Node) -> Found:
    """A statement of a script within the script, at the place of the whole."""
    reason = one.reason
    found = reader.found(reason.kind, reason.verdict, node, reason.effect, reason.help, one.targets)
    return Found(found.reason, one.targets, one.removes)


def search(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`find`, and what it runs for each file."""
    texts = [one.text for one in words]
    for flag in ("-exec", "-execdir"):
        if flag in texts:
            start = texts.index(flag) + 1
            end = next((place for place in range(start, len(texts)) if texts[place] in (";", "+")), len(texts))
            # what has been moved or removed is not found again
            inner = run(reader, words[start], words[start + 1 : end], node) if start < end else []
            return doubtful(inner, (FAILS,))
    return looked_up(reader, "find", words, node)


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


def client(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """`psql -c SQL`: the statement, as far as its first words tell."""
    holders = CLIENTS[name].split()
    takers = set(CLIENT_OPTIONS.split())
    texts: list[str] = []
    number = 0
    while number < len(words):
        text = words[number].text
        number += 1
        following = words[number].text if number < len(words) else ""
        if text in ("-l", "--list", "--version", "-V"):
            return []
        if text in holders or (text[:1] == "-" and text[1:2] != "-" and text[-1] == holders[0][1]):
            texts.append(following)
            number += 1
        elif text.startswith(tuple(f"{holder}=" for holder in holders)):
            texts.append(text.partition("=")[2])
        elif text in ("-f", "--file") or text.startswith("--file="):
            return reader.unread(node)
        elif text in takers:
            number += 1
    return sql(reader, texts, node)


def sql(reader: Reader, texts: Sequence[str], node: Node) -> list[Found]:
    """A command that runs SQL; without a text here it reads it from elsewhere."""
    found: list[Found] = []
    for text in texts or [""]:
        verdict, effect = sql_verdict(text)
        if verdict != READ:
            kind = FAILS if effect.startswith("fails") else REPEATS
            found.append(reader.found(kind, verdict, node, effect, ""))
    return found


def looked_up(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """A command as the table has it."""
    command = reader.table.command(name)
    if command is None:
        return reader.unread(node)
    texts = [one.text for one in words]
    if name == "tar" and texts and texts[0][:1] not in ("-", "$"):
        texts[0] = f"-{texts[0]}"
    numbers, flags = command.parsed(texts)
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
