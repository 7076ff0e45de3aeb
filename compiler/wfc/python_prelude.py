"""The helper functions of computed expressions, as text: the same text in emitted files and in the interpreter."""

from __future__ import annotations

PRELUDE = '''\
def bare(value):
    """The value without null fields, which are the same as missing ones."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items() if item is not None}
    return value


def checked(number):
    """The number, if JSON keeps it: an int within 2**53 - 1, or a finite float."""
    if not abs(number) < (2**53 if isinstance(number, int) else float("inf")):
        raise OverflowError(f"{number} is beyond what JSON keeps")
    return number


def coalesce(value, other):
    """The value, or other() in place of null."""
    return other() if value is None else value


def json_text(value):
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def moment(value):
    """The instant of an ISO 8601 text, in UTC; a text without an offset fails."""
    epoch = datetime.datetime.fromtimestamp(0, datetime.timezone.utc)
    return epoch + (datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) - epoch)


def move(day, milliseconds):
    """The date so much later, which must be whole days."""
    if milliseconds % 86_400_000:
        raise ValueError("a date moves by whole days only")
    return (datetime.date.fromisoformat(day) + datetime.timedelta(milliseconds // 86_400_000)).isoformat()


def parse_json(value):
    """The value of a JSON text whose numbers JSON keeps."""
    finite = {"parse_float": lambda n: checked(float(n)), "parse_constant": lambda n: checked(float(n))}
    return json.loads(value, parse_int=lambda n: checked(int(n)), **finite)


def part(value):
    """A text to look for, which must not be empty."""
    if not value:
        raise ValueError("the text to look for is empty")
    return value


def text(value):
    """The text of a number or bool; null has none."""
    if value is None:
        raise TypeError("null has no text")
    return json.dumps(value)
'''

IMPORTS = ("datetime", "json", "math", "zoneinfo")
"""The modules of the standard library that computed expressions and helpers may name."""

NEEDS: dict[str, tuple[str, ...]] = {
    "json_text": ("json",),
    "moment": ("datetime",),
    "move": ("datetime",),
    "parse_json": ("checked", "json"),
    "text": ("json",),
}
"""What a helper names besides itself: other helpers and modules."""


def sources() -> dict[str, str]:
    """The text of each helper, by name, in the order of the prelude (by name)."""
    parts = PRELUDE.removesuffix("\n").split("\n\n\n")
    return {part.removeprefix("def ").partition("(")[0]: part for part in parts}


HELPERS = tuple(sources())
"""The names of all helpers."""


def prelude(helpers: tuple[str, ...]) -> str:
    """The imports and functions that `helpers` (names of helpers and modules) need; "" for none.

    Ends with a line end. The text is what a formatter would leave: imports by name, then functions by name.
    """
    wanted: list[str] = []
    queue = list(helpers)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.append(name)
            queue += NEEDS.get(name, ())
    imports = "".join(f"import {name}\n" for name in IMPORTS if name in wanted)
    functions = [source for name, source in sources().items() if name in wanted]
    gap = "\n\n" if imports and functions else ""
    return imports + gap + "".join(f"{source}\n\n\n" for source in functions).removesuffix("\n\n")
