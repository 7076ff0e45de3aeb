"""How deep and how large a tree becomes when what stands under a name is put in its place.

A `let` is put where its name stands, an argument where an action names its parameter, a type where its name stands. So
a few lines can write a tree that no later phase can walk: forty lets that each name the one before twice are 2^40
parts. The tree is measured while it is built; a part that would make it larger than this is refused at its place.
"""

from __future__ import annotations

from wfc.parse import DEEPEST

MOST_PARTS = 10_000
"""Parts of one expression or type: a list of 1,500 records with four fields is smaller, and more belongs in a file."""


class Extent:
    """The tree that is being built: `level` and `parts` where the builder is, `deepest` so far in this tree.

    It counts levels of the syntax, of which a tree of values or types has no more. told: was the tree refused?
    refused: was this tree or one before it?
    """

    __slots__ = ("deepest", "level", "parts", "refused", "told")

    def __init__(self) -> None:
        self.level = self.deepest = self.parts = 0
        self.told = self.refused = False

    def enter(self) -> str:
        """Go one level down; with level 0 a new tree begins. Gives what is wrong with the tree now, "" for nothing."""
        if not self.level:
            self.deepest = self.parts = 0
            self.told = False
        self.level += 1
        return self.put(0, 1)

    def put(self, depth: int, parts: int) -> str:
        """Put a tree of this size at this level. Gives what would be wrong with the whole then, "" for nothing.

        What is refused is not counted, for a hole takes its place.
        """
        deepest, parts = self.level + depth, self.parts + parts
        if deepest > DEEPEST:
            return f"nested deeper than {DEEPEST} levels"
        if parts > MOST_PARTS:
            return f"of more than {MOST_PARTS:,} parts"
        self.parts = parts
        if deepest > self.deepest:
            self.deepest = deepest
        return ""

    def tell(self) -> bool:
        """Take note that the tree is refused. True the first time: one finding a tree is enough."""
        told, self.told, self.refused = self.told, True, True
        return not told

    @property
    def size(self) -> tuple[int, int]:
        """Depth and parts of the tree that was built last."""
        return self.deepest, self.parts
