"""The words of bash: quotes, expansions, comments and here-documents, up to what bash would refuse in them."""

from __future__ import annotations

from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

BLANKS, META = " \t", " \t\n;&|<>()"
PLAIN = ready(r"[^\s;&|<>()'\"\\`$?*+@!=]+")
IN_QUOTES = ready(r"[^\"\\`$]+")
"""Characters without a meaning, outside and inside of double quotes."""
DEEPEST = 60
"""Brackets in brackets that are followed."""


class Doubt(Exception):
    """Nobody can tell, by what is read here."""


class Fault(Exception):
    """at: offset in the text. what: what is wrong there, as a clause."""

    def __init__(self, at: int, what: str) -> None:
        super().__init__(what)
        self.at = at
        self.what = what


class Words:
    """Reads a script once, from its begin. place: how far it has come. documents: words of here-documents that begin
    with the next line, with whether tabs before them count."""

    def __init__(self, text: str, block: Callable[[Words], None]) -> None:
        self.text = text
        self.block = block
        """Reads commands up to a bracket."""
        self.place = 0
        self.depth = 0
        self.documents: list[tuple[str, bool]] = []

    def here(self, size: int = 1) -> str:
        """The next characters."""
        return self.text[self.place : self.place + size]

    def commands(self) -> None:
        """Commands up to the end, or to the bracket that closes what is open."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Doubt
        self.block(self)
        self.depth -= 1

    # --- what stands between words

    def blanks(self) -> None:
        """Blanks, joined lines and a comment."""
        while self.place < len(self.text):
            if self.here() in BLANKS:
                self.place += 1
            elif self.here(2) == "\\\n":
                self.place += 2
            elif self.here() == "#" and (self.place == 0 or self.text[self.place - 1] in META):
                end = self.text.find("\n", self.place)
                self.place = end if end >= 0 else len(self.text)
            else:
                return

    def line(self) -> None:
        """The end of a line, and the here-documents behind it."""
        self.place += 1
        for word, tabs in self.documents:
            while self.place < len(self.text):
                end = self.text.find("\n", self.place)
                end = end if end >= 0 else len(self.text)
                line = self.text[self.place : end]
                self.place = min(end + 1, len(self.text))
                if (line.lstrip("\t") if tabs else line) == word:
                    break
        self.documents.clear()

    # --- words

    def word(self) -> str:
        """A word, as it is written."""
        start = self.place
        while self.place < len(self.text) and self.here() not in META:
            if plain := PLAIN.match(self.text, self.place):
                self.place = plain.end()
                continue
            self.part()
            if self.here() == "(" and self.text[self.place - 1] in "?*+@!":
                raise Doubt  # a pattern of extglob
        if self.here() == "(" and self.place > start and self.text[self.place - 1] == "=":
            self.place += 1
            self.array()
        return self.text[start : self.place]

    def part(self) -> None:
        """A character of a word, or what belongs together in it: a quotation, an expansion."""
        match self.here():
            case "'":
                self.single(self.place)
            case '"':
                self.double()
            case "\\":
                self.place += 2
            case "`":
                self.until("`", "backquote")
            case "$":
                self.dollar(quoted=False)
            case _:
                self.place += 1

    def single(self, start: int) -> None:
        """`'…'`."""
        end = self.text.find("'", self.place + 1)
        if end < 0:
            raise Fault(start, "the quote `'` is never closed")
        self.place = end + 1

    def until(self, closer: str, name: str) -> None:
        """Anything up to a character that no backslash stands before."""
        start = self.place
        self.place += 1
        while self.place < len(self.text):
            if self.here() == "\\":
                self.place += 2
            elif self.here() == closer:
                self.place += 1
                return
            else:
                self.place += 1
        raise Fault(start, f"the {name} is never closed")

    def double(self) -> None:
        """`"…"`."""
        start = self.place
        self.place += 1
        while self.place < len(self.text):
            match self.here():
                case '"':
                    self.place += 1
                    return
                case "\\":
                    self.place += 2
                case "`":
                    self.until("`", "backquote")
                case "$":
                    self.dollar(quoted=True)
                case _:
                    self.place = next(IN_QUOTES.finditer(self.text, self.place)).end()
        raise Fault(start, 'the quote `"` is never closed')

    def dollar(self, *, quoted: bool) -> None:
        """`$x`, `${…}`, `$(…)`, `$((…))`, `$'…'`."""
        start = self.place
        self.place += 1
        if self.here(2) == "((":
            self.arithmetic()
        elif self.here() == "(":
            self.place += 1
            self.commands()
            if self.here() != ")":
                raise Fault(start, "`$(` is never closed")
            self.place += 1
        elif self.here() == "$":
            self.place += 1
        elif self.here() == "{":
            self.braces(start, quoted=quoted)
        elif self.here() == "'" and not quoted:
            self.until("'", "quote `$'`")
        elif self.here() == "[":
            raise Doubt

    def braces(self, start: int, *, quoted: bool) -> None:
        """`${x:-…}`."""
        self.place += 1
        while self.place < len(self.text):
            match self.here():
                case "}":
                    self.place += 1
                    return
                case "'" if quoted:
                    raise Doubt  # the rules of quotes differ by what stands before
                case "\n" | "`":
                    raise Doubt
                case _:
                    self.part()
        raise Fault(start, "`${` is never closed")

    def arithmetic(self) -> None:
        """`((…))`, which may also be a subshell in brackets."""
        depth = 0
        while self.place < len(self.text):
            if self.here() in "'\"`\\#\n":
                raise Doubt
            depth += {"(": 1, ")": -1}.get(self.here(), 0)
            self.place += 1
            if depth == 0:
                if self.text[self.place - 2 : self.place] != "))":
                    raise Doubt
                return
        raise Doubt

    def array(self) -> None:
        """`x=(a b c)`."""
        start = self.place - 1
        while True:
            self.blanks()
            if self.place >= len(self.text):
                raise Fault(start, "`(` is never closed")
            if self.here() == ")":
                self.place += 1
                return
            if self.here() == "\n":
                self.line()
            elif self.here() in META:
                raise Doubt
            else:
                self.word()
