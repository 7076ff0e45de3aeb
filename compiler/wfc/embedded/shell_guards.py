"""Conditions of a script that ask the world: `[ -d out ] || mkdir out`, `if ! grep -q x f; then echo x >> f; fi`."""

from __future__ import annotations

from wfc.embedded.shell_words import descendants, source, unquoted
from wfc.embedded.verdict import SAFE, UNKNOWN, UNSAFE, Reason
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tree_sitter import Node

APPEND, FAILS, REPEATS, NEW_NAME, COMMAND = "append", "fails", "repeats", "new-name", "command"
UNREAD, SENDS = "unknown-command", "sends"
"""The kinds of reasons: lines are added again · the second run fails · work is done again · a file of another name ·
a command that is safe · one that nobody can read. `-here` behind it: only in the directory of the task."""

FILE_TESTS = frozenset(["-e", "-f", "-d", "-s", "-L", "-h", "-r", "-w", "-x", "-p", "-S", "-nt", "-ot"])
BLIND = frozenset(["true", "false", ":", "echo", "printf", "cd", "set", "export", "sleep", "read", "shift", "local"])
"""Commands that succeed whatever the world is like."""
ENDS = frozenset(["exit", "return", "continue", "break"])


class Found(Record):
    """A statement as the reader keeps it. targets: the words that it is about. removes: does it take them away?"""

    reason: Reason
    targets: frozenset[str] = frozenset()
    removes: bool = False


class Guard(Record):
    """A condition. world: does it ask for something that a first run may have changed? negative: is it true where
    something is missing? files: is it a test of a file? words: what it asks for."""

    world: bool
    negative: bool = False
    files: bool = False
    words: frozenset[str] = frozenset()

    def turned(self) -> Guard:
        """The opposite."""
        return Guard(self.world, not self.negative, self.files, self.words)


NO_GUARD = Guard(False)


def tried(node: Node) -> Guard:
    """What `A || B` asks for by trying A, whether A only reads or not."""
    words = [unquoted(child) for child in node.named_children]
    if node.type == "command" and words[0] in ("cd", "pushd"):
        return Guard(True, words=frozenset(words[1:]))
    return guard(node)


def guard(node: Node) -> Guard:
    """What a condition asks for."""
    match node.type:
        case "negated_command":
            return guard(node.children[-1]).turned()
        case "test_command":
            return of_test(source(node).strip("[] \n"), node)
        case "command":
            words = [unquoted(child) for child in node.named_children]
            if words[0] == "test":
                return of_test(source(node)[4:], node)
            wanted = frozenset(plain(text) for text in words[1:] if not text.startswith("-"))
            return NO_GUARD if words[0] in BLIND else Guard(True, words=wanted)
        case "variable_assignment" | "declaration_command" | "comment":
            return NO_GUARD
        case "redirected_statement" | "pipeline" | "list" | "subshell" | "compound_statement":
            inner = [guard(child) for child in node.named_children if not child.type.endswith("redirect")]
            asking = [one for one in inner if one.world]
            asked = frozenset(text for one in asking for text in one.words)
            files = all(one.files for one in asking)
            return Guard(True, asking[0].negative, files, asked) if asking else NO_GUARD
        case _:
            return Guard(True)


def of_test(text: str, node: Node) -> Guard:
    """The guard that the text of a test is, without its brackets."""
    tokens = text.replace("(", " ( ").split()
    files = bool(FILE_TESTS & set(tokens))
    asks = any(part.type == "command_substitution" for part in descendants(node))
    negative = (tokens[:1] == ["!"]) != ("-z" in tokens)
    operands = [plain(token) for token in tokens if token[0] != "-" and token not in ("!", "&&", "||", "(", ")")]
    return Guard(files or asks, negative, files and not asks, frozenset(operands))


def plain(text: str) -> str:
    """A word without quotes and the anchors of a pattern."""
    return text.strip("\"'^$ ") if not text.strip("\"'").startswith("$") else text.strip("\"'")


def guarded(found: list[Found], by: Guard, *, strict: bool = False) -> list[Found]:
    """What statements are when they run only under a guard. strict: a guard that does not hold fails the script."""
    if not by.world:
        return found
    removed = any(one.removes and by.words & one.targets for one in found)
    return [one if one.reason.verdict != UNSAFE else weaker(one, by, removed, strict) for one in found]


def weaker(one: Found, by: Guard, removed: bool, strict: bool) -> Found:
    """A statement that is not the same twice, under a guard. removed: do its neighbours take away what is asked for?"""
    kind = one.reason.kind.removesuffix("-here")
    shared = by.words & one.targets
    if by.negative:
        appends = (
            kind == APPEND
            and bool(by.words)
            and all(text in one.reason.what or text in one.targets for text in by.words)
        )
        creates = kind == FAILS and not one.removes and bool(shared)
        return judged(one, SAFE if appends or creates else UNKNOWN)
    if one.removes and shared:
        return judged(one, UNKNOWN if strict else SAFE)
    return judged(one, UNKNOWN) if removed or not by.files else one


def judged(one: Found, verdict: str) -> Found:
    """A statement under another verdict."""
    reason = one.reason
    changed = Reason(reason.kind, verdict, reason.start, reason.end, reason.what, reason.effect, reason.help)
    return Found(changed, one.targets, one.removes)


def doubtful(found: Iterable[Found], kinds: tuple[str, ...] = ()) -> list[Found]:
    """Statements of which nobody can tell any more that a second run does harm. kinds: only those, () for all."""

    def meant(one: Found) -> bool:
        return one.reason.verdict == UNSAFE and (not kinds or one.reason.kind.removesuffix("-here") in kinds)

    return [judged(one, UNKNOWN) if meant(one) else one for one in found]


def leaving(node: Node) -> Guard:
    """The condition under which a statement leaves the script."""
    condition = node.child_by_field_name("condition") if node.type == "if_statement" else node.named_children[0]
    return guard(condition) if condition is not None else NO_GUARD


def leaves(node: Node) -> bool:
    """Does a statement end the script, the function or the round of a loop in good order, under a condition?"""
    if node.type not in ("if_statement", "list", "redirected_statement"):
        return False
    for part in descendants(node):
        if part.type == "command":
            words = [unquoted(child) for child in part.named_children]
            if words[0] in ENDS and words[1:2] in ([], ["0"]):
                return True
    return False


def ends(node: Node, functions: Collection[str]) -> bool:
    """Does a statement end the script, the function or the round of a loop in any case, so that none follows it?"""
    if node.type != "command" or (node.next_sibling is not None and node.next_sibling.type == "&"):
        return False
    name = unquoted(node.named_children[0]) if node.named_children else ""
    in_loop = node.parent is not None and node.parent.type == "do_group"
    return name in ENDS and name not in functions and (in_loop or name in ("exit", "return"))
