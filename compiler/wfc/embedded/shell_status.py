"""Calls of curl that end well whatever the server answers, and nobody looks at the answer."""

from __future__ import annotations

from wfc.embedded.shell import in_characters, is_deep, tree
from wfc.embedded.shell_commands import TOTAL
from wfc.embedded.shell_failures import reason
from wfc.embedded.shell_inner import unwrapped
from wfc.embedded.shell_words import PARTS, descendants, source, unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tree_sitter import Node

    from wfc.embedded.verdict import Reason

VALUED = frozenset("AbcCdDeEFhHKmoPQrtTuUwxXyYz")
"""The short options of curl with a value, which is the rest of their word or the next one (curl(1))."""
ANSWERED = frozenset("fiIKDwhV")
"""Short options that make a status of 400 or more a failure, show the status, or of which nobody knows."""
LONG = frozenset(
    "--fail --fail-with-body --include --show-headers --head --config --dump-header --write-out --help "
    "--version".split()
)
"""The same, in full."""
LOOKED_AT = frozenset(
    "if_statement while_statement function_definition command_substitution process_substitution pipeline "
    "negated_command".split()
)
"""What may look at the status, or the output, of what stands in it: the blocks of `if` and loops too."""
BLIND = TOTAL | {"cd", "curl", "mkdir", "set", "sleep"}
"""Commands that read no file but those they name; any other may notice that one is not what was asked for."""
NOT_KEPT = ("/dev/null", "$WFC_OUTPUT")
"""Where an answer is thrown away, so that the request is all that counts, or read by the engine, which fails at it."""
LOOPS = ("for_statement", "c_style_for_statement")


def unanswered(script: str) -> Reason | None:
    """The first call of curl in a script that hides the status of the answer; None where it can't be parsed.

    Left out are those whose status or output something may look at, and DELETE, for which 404 is well.
    """
    data = script.encode("utf-8", "replace")
    root = tree(data)
    if root.has_error or is_deep(root):
        return None
    nodes = list(descendants(root))
    names = {node: name_of(node) for node in nodes if node.type == "command"}
    if "alias" in names.values() or "eval" in names.values():
        return None
    for node in names:
        if hides(node) and not is_looked_at(node) and not is_read(node, nodes, names):
            return in_characters(reason("no-status", node, "ends well when the server answers with an error"), data)
    return None


def words_of(node: Node) -> list[str]:
    """The words of a command, its name first, without what only runs it (`timeout 10 curl`)."""
    words = [unquoted(child) for child in node.children if child.type in PARTS or child.type == "command_name"]
    return list(unwrapped(words))


def name_of(node: Node) -> str:
    """The name of a command, "" for one without."""
    return next(iter(words_of(node)), "")


def hides(node: Node) -> bool:
    """Is it a call of curl by HTTP that ends well with any status, and shows none?"""
    words = words_of(node)
    if words[:1] != ["curl"] or any(is_open(child) for child in node.children):
        return False
    given = options(words[1:])
    request = next((value for name, value in given if name in ("-X", "--request")), "GET")
    urls = [value for name, value in given if name in ("", "--url")]
    web = bool(urls) and all("://" not in url or url.startswith(("http://", "https://", "$")) for url in urls)
    answered = any(name in LONG or (len(name) == 2 and name[1] in ANSWERED) for name, _ in given)
    thrown = any(one in NOT_KEPT for one in files(node))
    return web and not answered and not thrown and request not in ("DELETE", "HEAD")


def is_open(node: Node) -> bool:
    """May a word of a command stand for several, and so for options?"""
    return node.type in ("simple_expansion", "expansion", "command_substitution") or "[@]" in source(node)


def options(words: Sequence[str]) -> list[tuple[str, str]]:
    """(option, value) of the words of curl; ("", word) for what is none. `-sSfo x` is -s, -S, -f and -o with x."""
    found: list[tuple[str, str]] = []
    waiting = iter(words)
    for word in waiting:
        if word.startswith("--"):
            found.append((word, next(waiting, "") if word in ("--request", "--output", "--url") else ""))
        elif word.startswith("-") and len(word) > 1:
            for number, letter in enumerate(word[1:], 2):
                if letter in VALUED:
                    found.append((f"-{letter}", word[number:] or next(waiting, "")))
                    break
                found.append((f"-{letter}", ""))
        else:
            found.append(("", word))
    return found


def is_looked_at(node: Node) -> bool:
    """May something look at the status or the output of a command, or not wait for it?"""
    behind = node.next_sibling
    if behind is not None and behind.type == "&":
        return True
    above = node.parent
    while above is not None:
        if above.type in LOOKED_AT or (above.type == "list" and any(child.type == "||" for child in above.children)):
            return True
        above = above.parent
    return False


def files(node: Node) -> list[str]:
    """The files that a call of curl writes the answer to, as `plain` has them; "" for one that is named by the URL."""
    given = options(words_of(node)[1:])
    found = [value for name, value in given if name in ("-o", "--output")]
    found += ["" for name, _ in given if name in ("-O", "--remote-name", "--remote-name-all")]
    return [plain(one) for one in (*found, *(unquoted(part.named_children[-1]) for part in outputs(node)))]


def outputs(node: Node) -> list[Node]:
    """The redirections that send the standard output of a command to a file, its own and those of what is around."""
    found: list[Node] = []
    above = node.parent
    while above is not None:
        parts = above.children if above.type == "redirected_statement" else []
        found += [part for part in parts if part.type == "file_redirect" and keeps(part)]
        above = above.parent
    return found


def keeps(redirect: Node) -> bool:
    """Does a redirection send the standard output to a file?"""
    number = next((source(part) for part in redirect.children if part.type == "file_descriptor"), "1")
    return number == "1" and any(part.type in (">", ">>", ">|", "&>", "&>>") for part in redirect.children)


def plain(text: str) -> str:
    """A text without what may stand around a variable, so that `"${A}"` is `$A`."""
    return text.translate({ord(letter): None for letter in "{}\"'"})


def is_read(node: Node, nodes: Iterable[Node], names: Mapping[Node, str]) -> bool:
    """May something behind a call (in a loop: in all of it) look at what it has written or done?

    That is a test, a word with the name of its file, and any command but those of BLIND when there is such a file.
    nodes: all of the script; names: its commands.
    """
    start, around = node.end_byte, []
    above = node.parent
    while above is not None:
        around.append(above)
        start = above.start_byte if above.type in LOOPS else start
        above = above.parent
    own = {part for one in (node, *outputs(node)) for part in descendants(one)}.union(around)
    written = files(node)
    searched = [name.rpartition("/")[2] for name in written if name]
    for one in nodes:
        if one.start_byte < start or one in own:
            continue
        name = names.get(one)
        if one.type == "test_command" or name == "test" or (written and name is not None and name not in BLIND):
            return True
        if searched and any(part in plain(source(one)) for part in searched):
            return True
    return False
