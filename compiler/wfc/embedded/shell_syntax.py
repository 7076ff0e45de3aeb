"""What bash itself would refuse: quotes, brackets and blocks that are never closed, or closed where none is open.

A small reader of its own, for the grammar of tree-sitter also fails on texts that bash takes (`exec 3<>f`), and is
loaded only where a script has to be judged. It follows the shell grammar of POSIX (Shell Command Language, 2.10) with
bash's additions, and gives up where it is in doubt.
"""

from __future__ import annotations

from wfc.embedded.shell_quotes import META, Doubt, Fault, Words
from wfc.embedded.verdict import UNKNOWN, Reason

FOLLOWS = {
    "then": (("if", "elif"), "then"),
    "elif": (("then",), "elif"),
    "else": (("then",), "else"),
    "fi": (("then", "else"), ""),
    "do": (("for", "while"), "do"),
    "done": (("do",), ""),
    "}": (("{",), ""),
    "esac": (("case",), ""),
}
"""A reserved word → the parts of blocks in which it may stand, and the part that begins with it, "" for none."""
OPENERS = {"if": "if", "while": "while", "until": "while", "{": "{"}
CLOSERS = {"if": "fi", "then": "fi", "elif": "fi", "else": "fi", "for": "done", "while": "done", "do": "done"}
"""The word that closes a block, by the part of it that was read last."""
JOINERS = ("&&", "||", "|&", "|")


def fault(script: str) -> tuple[int, str] | None:
    """(offset, what is wrong there) of a script that bash refuses, as far as that is certain; None for all others."""
    try:
        whole(script)
    except Fault as found:
        return found.at, found.what
    except (Doubt, IndexError, RecursionError):
        return None
    return None


def line_of(script: str, at: int) -> Reason:
    """The line of a script in which an offset lies, without the blanks around it."""
    start = script.rfind("\n", 0, at) + 1
    end = script.find("\n", at)
    line = script[start : end if end >= 0 else len(script)]
    begin = start + len(line) - len(line.lstrip())
    return Reason("syntax", UNKNOWN, begin, begin + len(line.strip()), "the line")


def whole(script: str) -> None:
    """Read a script. Raises Fault for what bash refuses, Doubt where that is not certain."""
    words = Words(script, lambda inner: Block(inner).read())
    words.commands()
    if words.place < len(script):
        raise Fault(words.place, "`)` closes nothing")


class Block:
    """Reads commands and blocks up to the bracket that closes them, or to the end of the text."""

    def __init__(self, syntax: Words) -> None:
        self.syntax = syntax
        self.open: list[tuple[str, str, int]] = []
        """(part of a block, its first word, where that stands), outermost first."""
        self.wanted = ""
        """The word or operator that a command has to follow, "" for none."""
        self.first = True
        """May a command begin here?"""

    def read(self) -> None:
        """Read up to the closing bracket, which is left, or to the end."""
        syntax = self.syntax
        while True:
            syntax.blanks()
            if syntax.place >= len(syntax.text) or syntax.here() == ")":
                break
            self.step()
        self.close(syntax.here() == ")")

    def close(self, bracket: bool) -> None:
        """The end of the text, or a bracket. Raises Fault where a block is open."""
        if self.open:
            part, word, place = self.open[-1]
            closer = CLOSERS.get(part, {"{": "}", "case": "esac"}.get(part, ""))
            raise Fault(place, f"`{word}` has no `{closer}`")
        if self.wanted:
            end = self.syntax.place if bracket else len(self.syntax.text.rstrip())
            raise Fault(end, f"no command follows `{self.wanted}`")

    def step(self) -> None:
        """One token."""
        syntax = self.syntax
        character = syntax.here()
        if character == "\n":
            syntax.line()
            self.first = True
        elif character in ";&|":
            self.operator()
        elif character in "<>":
            self.redirection()
        elif character == "(":
            self.bracket()
        else:
            self.word()

    def operator(self) -> None:
        """`;`, `&`, `&&`, `||`, `|`, `;;`, `&>`."""
        syntax = self.syntax
        if syntax.here(2) == "&>":
            syntax.place += 1
            self.redirection()
            return
        place = syntax.place
        if syntax.here(2) == ";;" or syntax.here(2) == ";&":
            if not self.open or self.open[-1][0] != "case":
                raise Fault(place, "`;;` stands outside of `case`")
            syntax.place += 3 if syntax.here(3) == ";;&" else 2
            self.pattern()
            return
        sign = next((sign for sign in (*JOINERS, ";", "&") if syntax.text.startswith(sign, place)), "")
        if self.first:
            raise Fault(place, f"no command stands before `{sign}`")
        syntax.place += len(sign)
        self.wanted = sign if sign in JOINERS else ""
        self.first = True

    def redirection(self) -> None:
        """`> f`, `<<EOF`, `2>&1`, `<(…)`."""
        syntax = self.syntax
        self.began()
        if syntax.here(2) in ("<(", ">("):
            start = syntax.place
            syntax.place += 2
            syntax.commands()
            if syntax.here() != ")":
                raise Fault(start, "`(` is never closed")
            syntax.place += 1
            return
        document = syntax.here(2) == "<<" and syntax.here(3) != "<<<"
        while syntax.here() and syntax.here() in "<>&|":
            syntax.place += 1
        tabs = document and syntax.here() == "-"
        syntax.place += tabs
        syntax.blanks()
        if syntax.here() in ("<", ">") and syntax.here(2) in ("<(", ">("):
            self.redirection()
            return
        word = syntax.word()
        if not word:
            raise Doubt
        if document:
            syntax.documents.append((word.replace("'", "").replace('"', "").replace("\\", ""), tabs))

    def began(self) -> None:
        """A command has begun."""
        self.first = False
        self.wanted = ""

    def bracket(self) -> None:
        """A subshell, `((…))`, or the brackets of a function."""
        syntax = self.syntax
        start = syntax.place
        if not self.first:
            if syntax.text[start:].replace(" ", "")[:2] != "()":
                raise Doubt
            syntax.place = syntax.text.index(")", start) + 1
            self.first = True
            self.wanted = "()"
            return
        self.began()
        if syntax.here(2) == "((":
            syntax.arithmetic()
            return
        syntax.place += 1
        syntax.commands()
        if syntax.here() != ")":
            raise Fault(start, "`(` is never closed")
        syntax.place += 1

    def word(self) -> None:
        """A word: a reserved one where a command may begin."""
        syntax = self.syntax
        start = syntax.place
        word = syntax.word()
        if not word:
            raise Doubt
        if not self.first:
            return
        if word in FOLLOWS:
            self.follow(word, start)
        elif word in OPENERS:
            self.open.append((OPENERS[word], word, start))
            self.wanted = word
        elif word in ("for", "select"):
            self.began()
            self.loop(word, start)
        elif word == "case":
            self.began()
            self.choice(start)
        elif word == "[[":
            self.began()
            self.test()
        elif word == "!":
            self.wanted = word
        elif word == "function":
            self.named()
        elif word in ("time", "coproc", "alias"):
            raise Doubt
        else:
            self.began()

    def named(self) -> None:
        """`function f` or `function f ()`: a command follows."""
        syntax = self.syntax
        syntax.blanks()
        if not syntax.word():
            raise Doubt
        syntax.blanks()
        if syntax.here() == "(":
            self.first = False
            self.bracket()
        self.wanted = "function"

    def follow(self, word: str, start: int) -> None:
        """`then`, `fi`, `done` …"""
        before, part = FOLLOWS[word]
        if not self.open:
            raise Fault(start, f"`{word}` closes nothing" if not part else f"`{word}` belongs to nothing")
        last, opener, place = self.open[-1]
        if last not in before:
            raise Fault(start, f"`{word}` stands in the block of `{opener}`")
        if self.wanted:
            raise Fault(start, f"no command follows `{self.wanted}`")
        self.open.pop()
        self.began()
        if part:
            self.open.append((part, opener, place))
            self.first = True
            self.wanted = word

    def loop(self, word: str, start: int) -> None:
        """`for x in a b`: up to what ends its head."""
        syntax = self.syntax
        syntax.blanks()
        if syntax.here(2) == "((":
            syntax.arithmetic()
        elif not syntax.word():
            raise Doubt
        syntax.blanks()
        self.first = syntax.here(2) == "do"  # `for x do`
        self.open.append(("for", word, start))

    def choice(self, start: int) -> None:
        """`case x in`."""
        syntax = self.syntax
        syntax.blanks()
        if not syntax.word():
            raise Doubt
        while True:
            syntax.blanks()
            if syntax.here() != "\n":
                break
            syntax.line()
        if syntax.word() != "in":
            raise Doubt
        self.open.append(("case", "case", start))
        self.pattern()

    def pattern(self) -> None:
        """`a | b)`, or the end of a `case`."""
        syntax = self.syntax
        while True:
            syntax.blanks()
            if syntax.here() != "\n":
                break
            syntax.line()
        if syntax.place >= len(syntax.text):
            return
        if syntax.here() == "(":
            syntax.place += 1
        elif syntax.text.startswith("esac", syntax.place):
            self.first = True
            self.wanted = ""
            return
        while True:
            syntax.blanks()
            if not syntax.word():
                raise Doubt
            syntax.blanks()
            if syntax.here() == "|":
                syntax.place += 1
            elif syntax.here() == ")":
                syntax.place += 1
                self.first = True
                self.wanted = ""
                return
            else:
                raise Doubt

    def test(self) -> None:
        """`[[ … ]]`."""
        syntax = self.syntax
        while syntax.place < len(syntax.text):
            syntax.blanks()
            character = syntax.here()
            if character == "\n" or not character:
                raise Doubt
            if character in META:
                syntax.place += 1
            elif syntax.word() == "]]":
                return
        raise Doubt
