"""Text with errors → a tree with holes, and what is wrong, several errors in one run.

At a token that does not fit, a bracket that is open is closed where the indentation says; a typical mistake is read as
what was meant (wfc.mistakes); else one token is deleted, inserted or replaced, if the text then goes on; else all up to
the next statement, clause, comma or bracket becomes a node "error". Everything is tried on copies of the states.
"""

from __future__ import annotations

import re
from itertools import pairwise

from wfc.brackets import indentation, unclosed
from wfc.diagnostic import ERROR, Diagnostic, Label
from wfc.expected import CLAUSES, EXPRESSION, STARTERS, STATEMENTS, expectation
from wfc.holes import Hole, settled
from wfc.lex import HARD, MARKS, RULES, SOFT, STATES, WORDS, lex
from wfc.mistakes import mistake
from wfc.parse import DEEPEST, END, Stack, build, drive, whole
from wfc.repair import Repair, Site, accepted, advance, first_on_line, take
from wfc.source import Span
from wfc.syntax import Document, Node, Token, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.syntax import Comment

LOOKS_LIKE_CODE = re.compile(
    r"^([ \t]*)(?:\}|(?:task|let|approve) \w+ *=|for \w+ in |(?:parallel|try|finally|on failure|workspace \w+) *\{)",
    re.MULTILINE,
)
MOST_ERRORS = 20
MOST_STOPS = 200
DEEPEST_STATES = 1500
"""Open rules that the parser may hold; bounds the work of a repair (five states a level of the tree)."""

HOLES = (
    "clause",
    "arg",
    "entry",
    "atom",
    "base",
    "call",
    "block",
    "stmt",
    "case",
    "member",
    "line",
    "property",
    "item",
)
"""Rules that a node "error" may stand for, the smallest first."""

DECLARES = frozenset(["task", "let", "approve", "input", "secret", "config", "for", "as"])
_INSERTED = {MARKS[mark]: mark for mark in (")", "]", "}", ",", ":", "=", "(", "{", "->")} | {
    "IN": "in",
    "THEN": "then",
}
_BLANKS = {"NAME": 2.5, "STRING": 3.0, "DURATION": 3.0, "INT": 3.0, "atom": 2.5, "base": 2.5, "call": 2.7}
_ENOUGH, _FAR = 3, 10


def recover(path: str, text: str) -> tuple[Document, tuple[Diagnostic, ...]]:
    """The document and its errors, in the order of the text, at most one a line and MOST_ERRORS in all."""
    tokens, comments = lex_unfinished(text)
    original = list(tokens)
    state = Recovery(path, text, tokens, "start", len(text))
    root = state.run()
    diagnostics = state.findings()
    return Document(path, text, root, original, comments, True, frozenset(state.lost)), diagnostics


def lex_unfinished(text: str) -> tuple[list[Token], list[Comment]]:
    """As lex; but triple quotes that have no end, stop before the next line that looks like the language again.

    Which of an odd number of triple quotes lacks its partner is told by the indentation.
    """
    tokens, comments = lex(text)
    if not tokens or tokens[-1].kind != "BAD" or not tokens[-1].text.startswith('"""'):
        return tokens, comments
    for token in tokens:
        if token.text.startswith('"""'):
            for line in LOOKS_LIKE_CODE.finditer(text, token.start, token.end):
                if len(line[1]) <= indentation(text, token.start):
                    return lex_around(text, token.start, line.start())
    return tokens, comments


def lex_around(text: str, start: int, end: int) -> tuple[list[Token], list[Comment]]:
    """The tokens of a text in which [start, end) is one unfinished text in triple quotes."""
    before, comments = lex(text[:start])
    after, more = lex(text[end:])
    places: list[Token | Comment] = [*after, *more]
    for place in places:
        place.start += end
        place.end += end
    stop = start + len(text[start:end].rstrip())
    return [*before, Token("BAD", text[start:stop], start, stop), *after], [*comments, *more]


def first_problem(path: str, text: str, start: str, offset: int) -> Diagnostic:
    """The first error of a part (an expression, a type) that is known to have one."""
    tokens, _ = lex(text, offset)
    state = Recovery(path, text, tokens, start, offset + len(text), offset)
    state.run()
    return state.findings()[0]


class Recovery:
    """One run over a text with errors: the tokens as repaired so far, the parser's stack, and what was found."""

    def __init__(self, path: str, text: str, tokens: list[Token], start: str, end: int, offset: int = 0) -> None:
        self.path, self.text, self.start, self.offset = path, text, start, offset
        self.tokens = [*tokens, Token(END, "", end, end)]
        self.stack = Stack(start)
        self.lasting: list[Diagnostic] = []
        self.passing: list[Diagnostic] = []
        self.lost: set[str] = set()
        self.swallowers = [token.start for token in tokens if token.kind == "BAD" and token.text[0] in "\"'"]
        self.lone_carriage_return()

    def run(self) -> Node:
        """The tree, with holes; what is left of it when there are too many errors or levels."""
        while not drive(self.stack, self.tokens):
            if self.too_deep() or len(self.lasting) + len(self.passing) >= MOST_ERRORS:
                return self.remains()
            if self.close_brackets():
                continue
            site = self.site()
            repair = mistake(site) or self.small_repair(site)
            if repair is not None:
                self.apply(repair)
            elif not self.skip(site):
                self.passing.append(self.report(site.token.start, site.token.end, expectation(site)))
                return self.remains()
        return self.settle(whole(self.stack.values[0]))

    def findings(self) -> tuple[Diagnostic, ...]:
        """All errors in the order of the text, the first of each line."""
        lines: dict[int, Diagnostic] = {}
        for diagnostic in sorted(self.lasting + self.passing, key=lambda one: (one.span.start, one.span.end)):
            line = self.text.count("\n", 0, max(0, diagnostic.span.start - self.offset))
            lines.setdefault(line, diagnostic)
        return tuple(lines.values())

    def report(
        self, start: int, end: int, message: str, remedy: str = "", labels: tuple[Label, ...] = ()
    ) -> Diagnostic:
        """A syntax error at [start, end)."""
        return Diagnostic("WF001", "syntax", ERROR, message, Span(start, end, self.path), labels, help=remedy)

    def lone_carriage_return(self) -> None:
        """Report a carriage return that ends no line: it would draw the next line into a comment."""
        at = self.text.replace("\r\n", "  ").find("\r")
        if at >= 0:
            at += self.offset
            message = "a carriage return stands alone: it ends no line"
            self.lasting.append(self.report(at, at + 1, message, "end lines with \\n or \\r\\n"))

    def too_deep(self) -> bool:
        """Report nesting that no later phase should have to follow."""
        stack, token = self.stack, self.tokens[self.stack.at]
        refused = max(stack.depths, default=0) >= DEEPEST and token.kind in accepted(stack.states)
        if not refused and len(stack.states) <= DEEPEST_STATES:
            return False
        remedy = "take the inner part out: a `let`, an action or a flow of its own"
        message = f"this is nested deeper than {DEEPEST} levels"
        self.passing.append(self.report(token.start, token.end, message, remedy))
        return True

    def remains(self) -> Node:
        """The items that were complete, when the rest can't be read."""
        self.lose(self.tokens[self.stack.at :])
        complete = self.stack.values[0] if self.stack.values else None
        kids = complete.kids if isinstance(complete, Node) and complete.kind.startswith("__") else []
        return self.settle(Node(self.start, kids, self.offset, self.tokens[-1].end))

    def settle(self, root: Node) -> Node:
        """The tree with whole nodes; the names that holes declare are noted."""
        settled(root)
        for node in walk(root):
            if isinstance(node, Hole):
                self.lose([part for part in walk(node) if isinstance(part, Token)])
        return root

    def site(self) -> Site:
        """The error, after the reductions that any token would bring about."""
        stack, tokens = self.stack, self.tokens
        while True:
            actions = set(STATES[stack.states[-1]].values())
            rule = RULES[-1 - actions.pop()] if len(actions) == 1 and min(actions) < 0 else None
            if rule and rule[3]:
                stack.states[-1] = STATES[stack.states[-2]][rule[2]]
            elif not rule or not build(stack, *rule[:3], rule[4], tokens[stack.at]):
                break
        shifted = bool(stack.at and stack.values and stack.values[-1] is tokens[stack.at - 1])
        return Site(self.text, self.offset, tokens, stack.at, stack.states, accepted(stack.states), shifted)

    def close_brackets(self) -> bool:
        """Insert the brackets that are missing before the error, and start again."""
        missing = [one for one in unclosed(self.tokens, self.text, self.offset) if one.at <= self.stack.at]
        for one in sorted(missing, key=lambda one: -one.at):
            before = self.tokens[one.at - 1]
            self.tokens.insert(one.at, Token(MARKS[one.closer], one.closer, before.end, before.end))
            swallowed = any(one.opener.start < start < before.end for start in self.swallowers)
            if one.opener.start < one.opener.end and not swallowed:
                label = Label(Span(one.opener.start, one.opener.end, self.path), "opened here")
                message = f"the `{one.opener.text}` {one.of} is not closed"
                remedy = f"write `{one.closer}` here"
                self.lasting.append(self.report(before.end, before.end, message, remedy, (label,)))
        if missing:
            self.restart()
        return bool(missing)

    def restart(self) -> None:
        """Begin again with the tokens as they are now; words that were taken for names are keywords again."""
        for token in self.tokens:
            if token.kind == "NAME" and WORDS.get(token.text) in SOFT:
                token.kind = WORDS[token.text]
        self.stack = Stack(self.start)
        self.passing = []

    def apply(self, repair: Repair) -> None:
        """Edit the tokens at the error as the repair says, and report it."""
        at = self.stack.at - repair.back
        if repair.back:
            del self.stack.states[-1:], self.stack.values[-1:], self.stack.depths[-1:]
            self.stack.at = at
        old = self.tokens[at : at + repair.drop]
        place = old[0].start if old else self.tokens[at - 1].end if at else self.tokens[at].start
        end = old[-1].end if old else place
        new = [Token(kind, text, place, end) for kind, text in repair.insert]
        if not new:
            self.lose(self.tokens[max(0, at - 1) : at + repair.drop])
        self.tokens[at : at + repair.drop] = new
        start, stop = repair.span or (place, end)
        labels = tuple(Label(Span(*span, self.path), text) for span, text in repair.labels)
        self.lasting.append(self.report(start, stop, repair.message, repair.help, labels))

    def small_repair(self, site: Site) -> Repair | None:
        """The single insertion, deletion or replacement after which most of the text goes on, if enough does."""
        best: Repair | None = None
        best_score = 0.0
        for cost, drop, insert in self.candidates(site):
            states = list(site.states)
            if not all(take(states, kind) for kind, _ in insert):
                continue
            reach = advance(states, site.tokens, site.at + drop, _FAR)
            ended = site.at + drop + reach >= len(site.tokens)
            score = (_FAR if ended else reach) - cost
            if (reach >= _ENOUGH or ended) and score > best_score:
                inserted = insert[0][0] if insert else ""
                best = Repair(drop, insert, expectation(site, inserted), span=None if drop else place(site))
                best_score = score
        return best

    def candidates(self, site: Site) -> list[tuple[float, int, tuple[tuple[str, str], ...]]]:
        """Cost, tokens dropped, tokens inserted."""
        token = site.token
        first = first_on_line(site, site.at)
        away = 1.5 + (3 if first or token.kind in HARD else 0)
        found: list[tuple[float, int, tuple[tuple[str, str], ...]]] = []
        for kind in sorted(site.expected & _INSERTED.keys()):
            cost = 3.0 if kind in WORDS.values() else 1.0
            found += [(cost, 0, ((kind, _INSERTED[kind]),)), (away + cost / 10, 1, ((kind, _INSERTED[kind]),))]
        for kind, cost in _BLANKS.items():
            if kind in site.expected or kind.islower():
                found += [(cost, 0, ((kind, ""),)), (away + 1, 1, ((kind, ""),))]
        if "COLON" in site.expected:
            found.append((4.0, 0, (("COLON", ":"), ("base", ""))))
        if token.kind != END:
            found.append((away, 1, ()))
        return [one for one in found if one[1] == 0 or token.kind != END]

    def skip(self, site: Site) -> bool:
        """Make a hole of what can't be read: up to the nearest token that can follow such a hole."""
        for at in self.stops(site):
            for length in range(len(site.states), 0, -1):
                rule = self.hole(site, length, at)
                if rule is not None:
                    self.fill(site, rule, length, at)
                    return True
        return False

    def stops(self, site: Site) -> list[int]:
        """The tokens at which reading may go on, the nearest first: outside brackets that open on the way."""
        stops: list[int] = []
        level = 0
        for at in range(site.at, len(site.tokens)):
            kind, text = site.tokens[at].kind, site.tokens[at].text
            starts = kind in STARTERS and first_on_line(site, at)
            if starts:
                level = 0
            if starts or (level == 0 and (kind in STATEMENTS or kind in CLAUSES or text in (",", ")", "]", "}"))):
                stops.append(at)
                if len(stops) == MOST_STOPS:
                    break
            if text in ("(", "[", "{"):
                level += 1
            elif text in (")", "]", "}") and level:
                level -= 1
        return [*stops, len(site.tokens) - 1]

    def hole(self, site: Site, length: int, at: int) -> str | None:
        """The rule that a hole after the first `length` states may stand for, so that the text goes on at `at`."""
        row = STATES[site.states[length - 1]]
        for rule in HOLES:
            if rule in row:
                states = [*site.states[:length], row[rule]]
                reach = advance(states, site.tokens, at, _ENOUGH)
                if reach >= _ENOUGH or at + reach >= len(site.tokens):
                    return rule
        return None

    def fill(self, site: Site, rule: str, length: int, at: int) -> None:
        """Put a hole for `rule` after the first `length` states, go on at token `at`, and report the error."""
        stack = self.stack
        start, stop = place(site) or (site.token.start, site.token.end)
        self.passing.append(self.report(start, stop, expectation(site)))
        dropped = [*stack.values[length - 1 :], *site.tokens[site.at : at]]
        begin = dropped[0].start if dropped else site.token.start
        node = Hole(rule, dropped, begin, dropped[-1].end if dropped else begin)
        depth = max(stack.depths[length - 1 :], default=0) + 1
        del stack.states[length:], stack.values[length - 1 :], stack.depths[length - 1 :]
        stack.states.append(STATES[stack.states[-1]][rule])
        stack.values.append(node)
        stack.depths.append(depth)
        stack.at = at

    def lose(self, tokens: list[Token]) -> None:
        """Note the names that dropped tokens declare."""
        for before, token in pairwise(tokens):
            if before.text in DECLARES and token.text.isidentifier():
                self.lost.add(token.text)


def place(site: Site) -> tuple[int, int] | None:
    """Where something is missing: behind the token before, if the error is on a later line."""
    if site.at and first_on_line(site, site.at) and site.token.kind not in EXPRESSION:
        end = site.tokens[site.at - 1].end
        return end, end
    return None
