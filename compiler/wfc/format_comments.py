"""The comments of a document and the tokens that they stand at; each is handed out once."""

from __future__ import annotations

from wfc.syntax import Comment, Document, Node, Token


class Margin:
    """Comments alone on their line belong to the next token, others to the token before them."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.tokens = document.tokens
        self.starts = {token.start: at for at, token in enumerate(self.tokens)}
        self.ends = {token.end: at for at, token in enumerate(self.tokens)}
        self.leading: dict[int, list[Comment]] = {}
        self.trailing: dict[int, Comment] = {}
        self.assign(document.comments)
        self.places = sorted({*self.leading, *self.trailing})

    def assign(self, comments: list[Comment]) -> None:
        """Give each comment to its token; the number of the tokens stands for the end of the text."""
        at = 0
        for comment in comments:
            while at < len(self.tokens) and self.tokens[at].start < comment.start:
                at += 1
            if comment.alone or at == 0:
                self.leading.setdefault(at, []).append(comment)
            else:
                self.trailing[at - 1] = comment

    def range(self, place: Node | Token) -> tuple[int, int]:
        """The numbers of the first and the last token of a node."""
        return self.starts[place.start], self.ends[place.end]

    def is_comma(self, at: int) -> bool:
        """Is the token a comma?"""
        return at < len(self.tokens) and self.tokens[at].kind == "COMMA"

    def between(self, nodes: list[Node | Token]) -> bool:
        """Does a comment stand before the first or between the tokens of these nodes?"""
        return self.any(self.range(nodes[0])[0] - 1, self.range(nodes[-1])[1])

    def any(self, first: int, last: int) -> bool:
        """Does a comment stand behind the token `first` and before the token `last`?"""
        from bisect import bisect_left

        for place in self.places[bisect_left(self.places, first) :]:
            if place > last:
                break
            if (first < place and place in self.leading) or (place < last and place in self.trailing):
                return True
        return False

    def take_trailing(self, at: int) -> str:
        """The comment behind a token, with two blanks before it; "" without one, or if it was taken."""
        comment = self.trailing.pop(at, None)
        return f"  {comment.text.rstrip()}" if comment else ""

    def before(self, first: int, last: int) -> list[tuple[int, str]]:
        """The comments to write before a line: those of its first token, and those inside it that nobody took.

        Each with its place in the text, -1 for one that moved here.
        """
        found = [(comment.start, comment.text.rstrip()) for comment in self.leading.pop(first, [])]
        if not self.places:
            return found
        for at in range(first, last + 1):
            found += [(-1, comment.text.rstrip()) for comment in self.leading.pop(at, [])]
            if at < last and at in self.trailing:
                found.append((-1, self.trailing.pop(at).text.rstrip()))
        return found

    def blank_before(self, start: int) -> bool:
        """Is there an empty line before a place?"""
        end = start
        while end and self.text[end - 1] in " \t\r\n":
            end -= 1
        return self.text.count("\n", end, start) > 1
