"""The statements of a script in their order, with what is known at each: temporary files, files made before."""

from __future__ import annotations

from wfc.embedded import shell_commands
from wfc.embedded.shell_guards import (
    APPEND,
    COMMAND,
    FAILS,
    NEW_NAME,
    NO_GUARD,
    SENDS,
    Found,
    doubtful,
    ends,
    guard,
    guarded,
    leaves,
    leaving,
    tried,
)
from wfc.embedded.shell_log import is_log, is_own_line
from wfc.embedded.shell_state import HERE, SINK, SOCKET, TEMP, State
from wfc.embedded.shell_words import DAILY, NEW, Word, descendants, source, word
from wfc.embedded.verdict import SAFE, UNKNOWN, UNSAFE, Reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node


SUBSTITUTIONS = ("command_substitution", "process_substitution")


class Reader(State):
    """Reads one script, statement by statement."""

    def script(self, root: Node) -> tuple[Reason, ...]:
        """The reasons of a script, in order of place."""
        for part in descendants(root):
            if part.type == "function_definition":
                name = part.child_by_field_name("name")
                if name is not None:
                    self.functions[source(name)] = part
        found = self.statements(root.children)
        return tuple(self.tidied(one).reason for one in found)

    def tidied(self, one: Found) -> Found:
        """What a script makes and takes away later, or takes away and makes again, fails only after a broken run."""
        if one.reason.verdict == UNSAFE and one.reason.kind.removesuffix("-here") == FAILS:
            mended = self.made_later if one.removes else self.removed_later
            if one.targets & {text for place, text in mended if place > one.reason.start}:
                return doubtful([one])[0]
        return one

    # --- statements

    def statements(self, nodes: Iterable[Node]) -> list[Found]:
        """Statements one after the other."""
        found: list[Found] = []
        left = False
        for node in nodes:
            inner = self.visit(node)
            found += doubtful(inner) if left else inner
            if ends(node, self.functions):
                break
            left = left or (leaves(node) and leaving(node).world)
        return found

    def visit(self, node: Node) -> list[Found]:
        """One statement."""
        match node.type:
            case "command":
                return self.command(node)
            case "redirected_statement":
                return self.redirected(node)
            case "list":
                return self.and_or(node)
            case "pipeline":
                return self.pipeline(node)
            case "subshell":
                return self.apart([node], whole=True)
            case "compound_statement" | "do_group" | "program":
                return self.statements(node.named_children)
            case "negated_command":
                return doubtful(self.statements(node.named_children), (FAILS,))
            case "if_statement":
                return self.choice(node)
            case "while_statement":
                return self.loop(node)
            case "for_statement" | "c_style_for_statement":
                return self.for_each(node)
            case "case_statement":
                return self.cases(node)
            case "variable_assignment" | "variable_assignments" | "declaration_command":
                return self.assignments(node)
            case "file_redirect":
                return self.redirect(node, node)
            case "function_definition" | "comment":
                return []
            case _:
                return self.inside(node)

    def inside(self, node: Node) -> list[Found]:
        """The commands in the substitutions of a word or a test."""
        found: list[Found] = []
        for child in node.children:
            if child.type in SUBSTITUTIONS:
                found += self.apart([child], whole=True)
            else:
                found += self.inside(child)
        return found

    def apart(self, nodes: list[Node], *, whole: bool = False) -> list[Found]:
        """Statements in a process of their own: where they go is not where the script goes."""
        cwd = self.cwd
        found: list[Found] = []
        for node in nodes:
            found += self.statements(node.named_children) if whole else self.visit(node)
        self.cwd = cwd
        return found

    def pipeline(self, node: Node) -> list[Found]:
        """`A | B`: what `echo` says is what B reads."""
        first, *others = node.named_children
        found = self.apart([first])
        if len(others) == 1 and first.type == "command":
            said = [self.word(child) for child in first.named_children[1:]]
            if source(first.named_children[0]) == "echo" and len(said) == 1:
                self.input = said[0]
        found += self.apart(others)
        self.input = None
        return found

    def branch(self, nodes: Iterable[Node]) -> list[Found]:
        """Statements that may not run: what they make can't be relied on."""
        made, own, gone, temp = set(self.made), set(self.own), set(self.gone), set(self.temp)
        found = self.statements(nodes)
        self.made &= made
        self.own &= own
        self.gone &= gone
        self.temp &= temp
        return found

    def and_or(self, node: Node, outputs: Node | None = None) -> list[Found]:
        """`A && B`, `A || B`. outputs: the statement whose redirections stand behind B, and belong to it."""
        left, right = node.named_children[0], node.named_children[-1]
        either = any(child.type == "||" for child in node.children)
        first = self.visit(left)
        if not either:
            asks = NO_GUARD if first else guard(left)
            # what A makes is there for B; what B makes or takes away may not be there for those behind
            known = set(self.made), set(self.own), set(self.gone)
            second = guarded(self.last(right, outputs), asks, strict=True)
            for group, before in zip((self.made, self.own, self.gone), known, strict=True):
                group &= before
            return [*first, *second]
        made = set(self.made)
        second = self.last(right, outputs)
        self.made &= made
        harmless = not second and source(right).split()[0] in shell_commands.TOTAL
        first = [shell_commands.forgiven(one) for one in first] if harmless else doubtful(first, (FAILS,))
        return [*first, *guarded(second, tried(left).turned())]

    def last(self, node: Node, outputs: Node | None) -> list[Found]:
        """The last part of a list, with its redirections."""
        found = self.visit(node)
        if outputs is None:
            return found
        self.since = node.start_byte
        found += self.outputs(outputs, outputs.child_by_field_name("body"))
        self.since = 0
        return found

    def choice(self, node: Node) -> list[Found]:
        """`if … then … elif … else … fi`."""
        asks, found = NO_GUARD, []
        conditions: list[Node] = []
        body: list[Node] = []
        then = False
        for child in node.children:
            if child.type == "then":
                found += doubtful(self.statements(conditions), (FAILS,))
                asks, then = guard(conditions[-1]) if conditions else NO_GUARD, True
            elif child.type == "elif_clause":
                found += guarded(self.choice(child), asks.turned())
            elif child.type == "else_clause":
                found += guarded(self.branch(child.named_children), asks.turned())
            elif child.is_named:
                (body if then else conditions).append(child)
        if not then:
            return found
        return sorted([*found, *guarded(self.branch(body), asks)], key=lambda one: one.reason.start)

    def loop(self, node: Node) -> list[Found]:
        """`while … do … done`, `until … do … done`."""
        body = node.child_by_field_name("body")
        conditions = [child for child in node.named_children if child != body]
        found = doubtful(self.statements(conditions), (FAILS,))
        inner = self.branch([body] if body else [])
        asks = guard(conditions[-1]) if conditions else NO_GUARD
        if any(source(condition).startswith("read ") for condition in conditions):
            # what the first run has moved away may not be among what the second one reads
            inner = [doubtful([one], (FAILS,))[0] if one.removes else one for one in inner]
            asks = NO_GUARD
        return [*found, *(doubtful(inner) if asks.world else inner)]

    def for_each(self, node: Node) -> list[Found]:
        """`for x in … do … done`: x is what its words are."""
        body = node.child_by_field_name("body")
        name = node.child_by_field_name("variable")
        heads = [child for child in node.named_children if child not in (body, name)]
        for head in heads:
            if name is not None:
                self.assign(source(name), self.word(head))
        found = [one for head in heads for one in self.inside(head)]
        return [*found, *self.branch([body] if body else [])]

    def cases(self, node: Node) -> list[Found]:
        """`case … in … esac`."""
        found = self.inside(node.named_children[0])
        for item in node.named_children[1:]:
            found += self.branch(item.named_children[1:] if item.type == "case_item" else [item])
        return found

    # --- variables

    def assignments(self, node: Node) -> list[Found]:
        """`A=x B=y`, `export A=x`, `local A=x`."""
        found = self.inside(node)
        for part in descendants(node):
            if part.type == "variable_assignment":
                name = part.child_by_field_name("name")
                value = part.child_by_field_name("value")
                if name is not None and value is not None:
                    self.assign(source(name), self.word(value))
        return found

    # --- commands and redirections

    def command(self, node: Node) -> list[Found]:
        """A simple command with its redirections and assignments."""
        found = self.inside(node)
        name = node.child_by_field_name("name")
        words = self.words(node)
        for child in node.children:
            if child.type == "file_redirect":
                found += self.redirect(child, node)
            elif child.type == "herestring_redirect" and child.named_children:
                self.input = self.word(child.named_children[-1])
        if name is None:
            return found
        called = word(name, self.changing, self.daily)
        found += self.run(called, words, node)
        self.input = None
        return found

    def run(self, name: Word, words: Sequence[Word], node: Node, *, functions: bool = True) -> list[Found]:
        """What a command does. functions: may its name be that of a function of the script?"""
        if name.text == "$@" and self.arguments:
            name, words = self.arguments[0], [*self.arguments[1:], *words]
        return shell_commands.run(self, name, words, node, functions=functions)

    def redirected(self, node: Node) -> list[Found]:
        """A statement and where its output goes."""
        body = node.child_by_field_name("body")
        if body is not None and body.type == "function_definition":
            return []  # they belong to its calls
        if body is not None and body.type == "list":
            # the grammar hangs the redirections of the last command on the whole list
            return self.and_or(body, node)
        self.input = self.document(node) if body is not None and body.type == "command" else None
        found = self.visit(body) if body is not None else []
        self.input = None
        return [*found, *self.outputs(node, body)]

    def document(self, statement: Node) -> Word | None:
        """The here-document of a statement."""
        bodies = [
            part
            for child in statement.named_children
            if child.type == "heredoc_redirect"
            for part in child.named_children
            if part.type == "heredoc_body"
        ]
        return self.word(bodies[0]) if bodies else None

    def outputs(self, node: Node, body: Node | None) -> list[Found]:
        """The redirections of a statement."""
        found: list[Found] = []
        for child in node.named_children:
            if child.type == "file_redirect":
                found += self.redirect(child, node)
            elif child.type == "heredoc_redirect":
                for part in child.named_children:
                    if part.type == "file_redirect":
                        found += self.redirect(part, node)
                    elif part.type == "heredoc_body":
                        found += self.inside(part)
                    elif not part.type.startswith("heredoc_"):
                        # `cat <<EOF | B`: the text is what B reads
                        plain = body is not None and source(body) == "cat" and len(part.named_children) == 1
                        self.input = self.document(node) if plain else None
                        found += self.visit(part)
                        self.input = None
            elif child != body and child.type == "herestring_redirect":
                found += self.inside(child)
        return found

    def redirect(self, node: Node, statement: Node) -> list[Found]:
        """`> file`, `>> file`, `< file`."""
        target = node.child_by_field_name("destination")
        operator = next((child.type for child in node.children if not child.is_named), "")
        if target is None or target.type == "number":
            return []
        found = self.inside(node)
        path = self.word(target)
        if target.type == "process_substitution" or operator in (">&", "<&", "<"):
            self.looked_at.add(path.text)
            return found
        return [*found, *self.write(path, statement, append=operator in (">>", "&>>"))]

    def write(self, path: Word, statement: Node, *, append: bool) -> list[Found]:
        """A file is written anew, or something is put at its end."""
        where = self.place(path)
        if where == SOCKET:
            return [] if is_probe(statement) else [self.found(SENDS, UNKNOWN, statement, "sends the bytes again", "")]
        if where in (SINK, TEMP):
            return []
        here = "-here" if where == HERE else ""
        targets = frozenset([path.text])
        if path.change == NEW:
            effect = "leaves another file beside the first"
            return [self.found(NEW_NAME + here, UNSAFE, statement, effect, "name the file after the run", targets)]
        if path.change == DAILY:
            return [self.found(NEW_NAME + here, UNKNOWN, statement, "leaves another file on another day", "", targets)]
        if append and is_log(path.text):
            own = is_own_line(statement, self.table)
            if own:
                return [self.found(COMMAND, SAFE, statement, "", "", targets)]
            effect = f"may append data to `{path.text}` again"
            return [self.found(APPEND + here, UNKNOWN, statement, effect, "", targets)]
        if append and path.text in self.edited:
            return [self.found(APPEND + here, UNKNOWN, statement, "may append the lines again", "", targets)]
        if append and path.text not in self.made:
            effect = f"appends to `{path.text}` again"
            return [self.found(APPEND + here, UNSAFE, statement, effect, "write the file anew with `>`", targets)]
        if path.text in self.looked_at:
            return [self.found(COMMAND, UNKNOWN, statement, "may build on what the first run wrote", "", targets)]
        self.made.add(path.text)
        self.gone.discard(path.text)
        self.made_later.append((statement.start_byte, path.text))
        body = next((child for child in statement.named_children if not child.type.endswith("redirect")), statement)
        if self.word(body).change:
            return [self.found(COMMAND, UNKNOWN, statement, "writes another time or name", "", targets)]
        return [self.found(COMMAND, SAFE, statement, "", "", targets)]


def is_probe(statement: Node) -> bool:
    """`echo > /dev/tcp/host/port`: does a statement only try whether a server listens?"""
    body = next((child for child in statement.named_children if not child.type.endswith("redirect")), None)
    return body is None or source(body) in ("echo", ":", "true")
