"""Calls of curl that end well whatever the server answers, and nobody looks at the answer."""

from __future__ import annotations

from wfc.embedded.shell import in_characters, is_deep, tree
from wfc.embedded.shell_failures import reason
from wfc.embedded.shell_words import PARTS, bare, descendants, source, unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

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
PREFIXES = frozenset(["timeout", "sudo", "env", "nice", "time", "command", "nohup"])
LOOKED_AT = frozenset(
    "if_statement while_statement function_definition command_substitution process_substitution pipeline "
    "negated_command".split()
)
"""What may look at the status, or the output, of what stands in it: the blocks of `if` and loops too."""
READERS = frozenset(
    "jq yq grep egrep rg test [ tar unzip gunzip gzip zcat xz bunzip2 gpg cosign minisign xmllint sha1sum sha256sum "
    "sha512sum shasum md5sum b2sum openssl file diff cmp head python3 python awk sed wc stat".split()
)
"""Commands that may notice that a file is not what was asked for."""


def unanswered(script: str) -> tuple[Reason, ...]:
    """The calls of curl in a script that hide the status of the answer, in their order; none where it can't be parsed.

    Left out are those whose status or output something may look at, and DELETE, for which 404 is well.
    """
    data = script.encode("utf-8", "replace")
    root = tree(data)
    if root.has_error or is_deep(root):
        return ()
    commands = [node for node in descendants(root) if node.type == "command"]
    names = [words_of(node)[:1] for node in commands]
    if ["alias"] in names or ["eval"] in names:
        return ()
    return tuple(
        in_characters(reason("no-status", node, "ends well when the server answers with an error"), data)
        for number, node in enumerate(commands)
        if hides(node) and not is_looked_at(node) and not any(one and one[0] in READERS for one in names[number + 1 :])
    )


def words_of(node: Node) -> list[str]:
    """The words of a command, its name first, without what only runs it (`timeout 10 curl`)."""
    parts = [child for child in node.children if child.type in PARTS or child.type == "command_name"]
    words = [unquoted(child) for child in parts]
    if words and bare(words[0]) in PREFIXES and "curl" in words:
        words = words[words.index("curl") :]
    return [bare(words[0]), *words[1:]] if words else []


def hides(node: Node) -> bool:
    """Is it a call of curl by HTTP that ends well with any status, and shows none?"""
    words = words_of(node)
    if words[:1] != ["curl"] or any(is_open(child) for child in node.children):
        return False
    given = options(words[1:])
    request = next((value for name, value in given if name in ("-X", "--request")), "GET")
    silent = any(name in ("-o", "--output") and value == "/dev/null" for name, value in given)
    urls = [value for name, value in given if name in ("", "--url")]
    web = bool(urls) and all("://" not in url or url.startswith(("http://", "https://", "$")) for url in urls)
    answered = any(name in LONG or (len(name) == 2 and name[1] in ANSWERED) for name, _ in given)
    return web and not answered and not silent and request not in ("DELETE", "HEAD")


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
