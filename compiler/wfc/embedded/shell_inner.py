"""Commands that run other commands: `sudo A`, `bash -c '…'`, `ssh host A`, `find -exec A`, functions of the script."""

from __future__ import annotations

from wfc.embedded import shell_destroys
from wfc.embedded.shell import is_deep
from wfc.embedded.shell_guards import COMMAND, FAILS, Found, doubtful
from wfc.embedded.shell_words import STABLE, Word, bare, descendants, source
from wfc.embedded.verdict import SAFE, UNKNOWN
from wfc.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

    from wfc.embedded.shell_reader import Reader

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
SHELLS = frozenset(["bash", "sh", "dash", "zsh", "ksh"])
OTHER_USER = frozenset(["su", "runuser"])
SSH_OPTIONS = frozenset("-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w".split())
"""The flags of ssh that take a value (OpenBSD's ssh(1))."""
MOST_CALLS = 200
"""Calls of functions of the script that are followed: functions that call each other would never end."""
DEEPEST_CALL = 8
ACTIONS = ("-exec", "-execdir")
OTHER_ACTIONS = ("-ok", "-okdir")


def function(reader: Reader, name: str, words: Sequence[Word]) -> list[Found]:
    """A function of the script, as it stands where it is called, with the redirections of its definition.

    words: its arguments; they are known in it unless it moves them (`shift`, `set --`).
    """
    definition = reader.functions[name]
    reader.calls += 1
    if reader.depth >= DEEPEST_CALL or reader.calls > MOST_CALLS:
        return reader.unread(definition)
    before = reader.arguments
    moves = any(
        part.type == "command" and source(part).split()[0] in ("shift", "set") for part in descendants(definition)
    )
    reader.arguments = None if moves else list(words)
    reader.depth += 1
    body = definition.child_by_field_name("body")
    found = reader.visit(body) if body is not None else []
    # `f() { …; } >> log 2>&1`: the grammar hangs the first redirection on the function, the others around it
    outer = definition.parent
    for holder in (definition, outer if outer is not None and outer.type == "redirected_statement" else None):
        if holder is not None:
            found = [*found, *reader.outputs(holder, body)]
    reader.depth -= 1
    reader.arguments = before
    return found


def before_command(name: str, words: Sequence[str]) -> int:
    """How many of the words behind one of WRAPPERS stand before the command: flags and their values, assignments."""
    options = WRAPPERS[name].split()
    number, skip = 0, LEADING.get(name, 0)
    while number < len(words):
        text = words[number]
        if text.startswith("-") and len(text) > 1:
            number += 2 if text in options else 1
        elif name in ("env", "sudo") and "=" in text.partition("/")[0]:
            number += 1
        elif skip:
            skip, number = skip - 1, number + 1
        else:
            break
    return number


def unwrapped(words: Sequence[str]) -> Sequence[str]:
    """The command that wrappers run, with its own words: `sudo -u x timeout 5 /bin/A B` → `A B`; () for none."""
    while words and (name := bare(words[0])) in WRAPPERS:
        words = words[1 + before_command(name, words[1:]) :]
    return [bare(words[0]), *words[1:]] if words else ()


def wrapped(reader: Reader, name: str, words: Sequence[Word], node: Node) -> list[Found]:
    """`sudo -u x A B`, `timeout 5 A`, `xargs A`: A is what counts; only `time` runs functions of the script."""
    texts = [one.text for one in words]
    count = before_command(name, texts)
    rest = words[count:]
    flags = frozenset(texts[:count])
    if name == "sudo" and "-i" in flags:
        return reader.unread(node)
    if not rest or (name == "command" and flags & {"-v", "-V"}):
        return []
    if name == "flock" and flags & {"-c", "--command"}:
        return text_of_code(reader, rest[0], node)
    found = reader.run(rest[0], rest[1:], node, functions=name == "time")
    # without input `xargs` has nothing that could fail
    return doubtful(found, (FAILS,)) if name == "xargs" else found


def nested(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`bash -c '…'` is the text, `bash <<EOF` what it is given; any other script of a shell is not here to be read."""
    for number, one in enumerate(words[:-1]):
        if one.text.startswith("-") and one.text.endswith("c"):
            return text_of_code(reader, words[number + 1], node)
    if [one.text for one in words] == ["--version"]:
        return []
    given = reader.given()
    if given is not None and all(one.text[:1] == "-" for one in words):
        return text_of_code(reader, given, node)
    return reader.unread(node)


def other_user(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`su - postgres -c '…'`."""
    place = next((number for number, one in enumerate(words) if one.text in ("-c", "--command")), len(words))
    if place + 1 >= len(words):
        return reader.unread(node)
    return elsewhere(reader, lambda: text_of_code(reader, words[place + 1], node))


def evaluated(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`eval A B`: the words are the script, if they are all here."""
    if any(one.names or one.many or "$(" in one.text or "`" in one.text for one in words):
        return reader.unread(node)
    return text_of_code(reader, Word(" ".join(one.text for one in words), frozenset(), False, STABLE), node)


def remote(reader: Reader, words: Sequence[Word], node: Node) -> list[Found]:
    """`ssh host A`: A happens on another machine, whose files are not those of this one."""
    number = 0
    while number < len(words) and words[number].text[:1] == "-" and len(words[number].text) > 1:
        number += 2 if words[number].text in SSH_OPTIONS else 1
    rest = words[number + 1 :]
    given = reader.given()
    texts = [one.text for one in rest]
    if texts and texts[0] in SHELLS and given is not None and all(text[:1] == "-" for text in texts[1:]):
        rest = []
    code = Word(" ".join(texts), frozenset(), any(one.many for one in rest), STABLE) if rest else given
    if code is None:
        return reader.unread(node)
    return elsewhere(reader, lambda: text_of_code(reader, code, node))


def elsewhere(reader: Reader, read: Callable[[], list[Found]]) -> list[Found]:
    """What `read` finds while paths mean files of another machine or directory, of which nothing is known here."""
    groups = (reader.made, reader.own, reader.gone, reader.looked_at)
    before, cwd = [set(group) for group in groups], reader.cwd
    reader.enter(None)
    found = read()
    for group, known in zip(groups, before, strict=True):
        group.clear()
        group |= known
    reader.cwd = cwd
    return found


def text_of_code(reader: Reader, code: Word, node: Node) -> list[Found]:
    """A script in a word: its statements count, at the place of the word."""
    root = reader.parse(code.text.encode())
    if root.has_error or is_deep(root) or code.many or reader.depth >= DEEPEST_CALL:
        return reader.unread(node)
    reader.depth += 1
    before, reader.arguments = reader.arguments, None
    known = len(reader.destroyed), len(reader.lasting)
    queries = len(reader.queries)
    inner = reader.apart([root], whole=True)
    for group, count in zip((reader.destroyed, reader.lasting), known, strict=True):
        group[count:] = [shell_destroys.moved(reader, one, node) for one in group[count:]]
    place = reader.found("", UNKNOWN, node, "", "").reason
    reader.queries[queries:] = [replace(one, reason=place) for one in reader.queries[queries:]]
    reader.arguments = before
    reader.depth -= 1
    return [moved(reader, one, node) for one in inner]


def moved(reader: Reader, one: Found, node: Node) -> Found:
    """A statement of a script within the script, at the place of the whole."""
    reason = one.reason
    found = reader.found(reason.kind, reason.verdict, node, reason.effect, reason.help, one.targets)
    return Found(found.reason, one.targets, one.removes)


def search(reader: Reader, words: Sequence[Word], node: Node) -> list[Found] | None:
    """`find` and what it does with each file, one action after the other; None for one without `-exec`.

    What is moved or removed is not found again, so that its second run fails at nothing, nor does the rest again.
    """
    texts = [one.text for one in words]
    if any(flag in texts for flag in OTHER_ACTIONS):
        return reader.unread(node)
    if not any(flag in texts for flag in ACTIONS):
        return None
    found: list[Found] = []
    number, taken_away = 0, "-delete" in texts
    while number < len(words):
        number += 1
        if texts[number - 1] not in ACTIONS:
            continue
        end = next((place for place in range(number, len(texts)) if texts[place] in (";", "+")), len(texts))
        inner = reader.run(words[number], words[number + 1 : end], node, functions=False) if number < end else []
        taken_away = taken_away or any(one.removes for one in inner)
        found += inner
        number = end
    written = [words[place + 1] for place, text in enumerate(texts[:-1]) if text in ("-fprint", "-fls", "-fprintf")]
    found += [one for path in written for one in reader.write(path, node, append=False)]
    if "-delete" in texts:
        found.append(reader.found(COMMAND, SAFE, node, "", ""))
    return doubtful(found) if taken_away else doubtful(found, (FAILS,))
