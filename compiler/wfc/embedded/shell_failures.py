"""Statements of a script whose failure is thrown away: `A || true`, `set +e`."""

from __future__ import annotations

from wfc.embedded.shell import classify, in_characters, is_deep, tree
from wfc.embedded.shell_guards import COMMAND, FAILS
from wfc.embedded.shell_inner import unwrapped
from wfc.embedded.shell_words import descendants, source, unquoted
from wfc.embedded.verdict import SAFE, UNKNOWN, UNSAFE, Reason, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node

CLEANS = frozenset(
    """rm rmdir unlink kill pkill killall umount swapoff dropdb dropuser userdel groupdel unset wait disown deactivate
    apt-get apt logout reset popd""".split()
)
"""Commands that may fail because there is nothing left to clean, or whose failure harms nobody."""
CLEANING = frozenset(
    "rm rmi stop kill down delete disable uninstall disconnect prune logout remove purge clean".split()
)
"""Subcommands of the same kind: `docker stop`, `kubectl delete`."""
QUIET = frozenset(["true", ":", "echo", "printf", "set", "cd", "exit"])
"""Commands that neither clean up nor do anything of which others hear."""
HIDERS = ("true", ":")
SWITCHES = ("set +e", "set +eu", "set +o errexit", "set +ex", "set +euo pipefail")


def hidden(script: str) -> tuple[Reason, ...]:
    """The statements of a script whose failure nobody sees, in their order; none for a script that can't be parsed.

    Left out are reads, cleaning up, what fails only because it has been done already (`mkdir x || true`), and `set +e`
    in a script that looks at `$?`.
    """
    data = script.encode("utf-8", "replace")
    root = tree(data)
    if root.has_error or is_deep(root):
        return ()
    found: list[Reason] = []
    for node in descendants(root):
        if node.type == "list" and ends_well(node) and matters(node.named_children[0]):
            # the grammar takes `a | b | c || d` for `a | (b | c || d)`
            whole = node.parent if node.parent is not None and node.parent.type == "pipeline" else node
            found.append(reason("or-true", whole, "goes on whether it has worked or not"))
        elif node.type == "command" and source(node) in SWITCHES and "$?" not in script and "PIPESTATUS" not in script:
            found.append(reason("errexit-off", node, "lets every later failure pass"))
    return tuple(in_characters(one, data) for one in found)


def reason(kind: str, node: Node, effect: str) -> Reason:
    """A statement with its place."""
    line = " ".join(source(node).split())
    return Reason(
        kind, UNKNOWN, node.start_byte, node.end_byte, f"`{line if len(line) <= 70 else f'{line[:67]}…'}`", effect
    )


def ends_well(node: Node) -> bool:
    """Is it `A || true`?"""
    return any(child.type == "||" for child in node.children) and source(node.named_children[-1]) in HIDERS


def matters(node: Node) -> bool:
    """Would anybody want to know that this failed?"""
    commands = [part for part in descendants(node) if part.type == "command"]
    if not commands or any(cleans([unquoted(child) for child in part.named_children]) for part in commands):
        return False
    verdict = classify(source(node))
    return verdict.kind in (SAFE, UNKNOWN, UNSAFE) and not done_before(verdict)


def cleans(words: list[str]) -> bool:
    """Does a command clean up?"""
    command = unwrapped(words)
    return bool(command) and (command[0] in CLEANS or bool(CLEANING & set(command[1:4])))


def only_cleans(script: str) -> bool:
    """Does a script nothing but clean up, or speak to its own log? False for one that can't be parsed."""
    root = tree(script.encode("utf-8", "replace"))
    if root.has_error or is_deep(root):
        return False
    commands = [[unquoted(child) for child in one.children] for one in descendants(root) if one.type == "command"]
    return all(words[0] in QUIET or cleans(words) for words in commands)


def done_before(verdict: Verdict) -> bool:
    """Is all that can't be run twice of the kind that fails because it has been done?"""
    unsafe = [one for one in verdict.reasons if one.verdict == UNSAFE]
    rest = [one for one in verdict.reasons if one.verdict == UNKNOWN or (one.kind == COMMAND and not unsafe)]
    return bool(unsafe) and not rest and all(one.kind.startswith(FAILS) or ", or fails" in one.effect for one in unsafe)
