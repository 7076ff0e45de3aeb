"""A seed → a text: a flow of this repository, cut, doubled, swapped, spliced or filled with odd characters."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from random import Random

from wfc.lex import lex
from wfc.parse import parse
from wfc.syntax import Node, Token, walk

ROOT = Path(__file__).parents[2]
ODD = (
    *(
        "\0",
        "\ufeff",
        "\u2028",
        "\r",
        "\r\n",
        "\t",
        "\v",
        "\x1b[31m",
        "\u202e",
        "é",
        "e\u0301",
        "😀",
        "名前",
        "\U0010ffff",
    ),
    *('"', '"""', "'", "\\", "{", "}", "{{", "}}", "{{ x }}", "${{ x }}", "$(x)", "`x`", "#", "//", "/*", ";", "&&"),
    *(
        "%",
        "<<",
        "..",
        "->",
        "=>",
        ":",
        "::",
        ",",
        "()",
        "[]",
        "<>",
        "-",
        "1e999",
        "0x1f",
        "1_000",
        "9" * 400,
        "1.",
        "08",
    ),
    *("5mm", "99999999999d", "0s", "null", "true", "wf_", "__class__", "None", "a" * 300, "\\u0000", "\\ud800", "\\x"),
)
"""What a text rarely holds: control characters, quotes of other languages, numbers that are none."""


@cache
def seeds() -> tuple[str, ...]:
    """The texts of all flows of this repository."""
    paths = [
        path for where in ("examples", "tests/conformance", "tests/corpus") for path in (ROOT / where).glob("*.wf")
    ]
    return tuple(path.read_text("utf-8") for path in sorted(paths))


@lru_cache(200)
def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text, with their places."""
    return tuple(lex(text)[0])


@cache
def pool() -> dict[str, tuple[str, ...]]:
    """Kind of token → the texts of it in all seeds."""
    found: dict[str, set[str]] = {}
    for text in seeds():
        for token in tokens_of(text):
            found.setdefault(token.kind, set()).add(token.text)
    return {kind: tuple(sorted(texts)) for kind, texts in sorted(found.items())}


@lru_cache(200)
def parts(text: str) -> tuple[Node, ...]:
    """The nodes of a text's tree that are not empty."""
    return tuple(
        node for node in walk(parse("seed.wf", text)[0].root) if isinstance(node, Node) and node.end > node.start
    )


@cache
def parts_by_kind() -> dict[str, tuple[str, ...]]:
    """Kind of node → the texts of it in all seeds."""
    found: dict[str, set[str]] = {}
    for text in seeds():
        for node in parts(text):
            found.setdefault(node.kind, set()).add(text[node.start : node.end])
    return {kind: tuple(sorted(texts)) for kind, texts in sorted(found.items())}


def put(text: str, start: int, end: int, new: str) -> str:
    """The text with [start, end) replaced."""
    return text[:start] + new + text[end:]


def token_gone(random: Random, text: str) -> str:
    token = random.choice(tokens_of(text))
    return put(text, token.start, token.end, "")


def token_twice(random: Random, text: str) -> str:
    token = random.choice(tokens_of(text))
    return put(text, token.end, token.end, f" {token.text}")


def tokens_swapped(random: Random, text: str) -> str:
    first, second = sorted(random.sample(range(len(tokens_of(text))), 2))
    a, b = tokens_of(text)[first], tokens_of(text)[second]
    return text[: a.start] + b.text + text[a.end : b.start] + a.text + text[b.end :]


def token_of_its_kind(random: Random, text: str) -> str:
    token = random.choice(tokens_of(text))
    return put(text, token.start, token.end, random.choice(pool().get(token.kind, (token.text,))))


def token_of_any_kind(random: Random, text: str) -> str:
    token = random.choice(tokens_of(text))
    return put(text, token.start, token.end, random.choice(pool()[random.choice(tuple(pool()))]))


def part_gone(random: Random, text: str) -> str:
    node = random.choice(parts(text))
    return put(text, node.start, node.end, "")


def part_twice(random: Random, text: str) -> str:
    node = random.choice(parts(text))
    return put(text, node.end, node.end, f"\n{text[node.start : node.end]}")


def part_of_its_kind(random: Random, text: str) -> str:
    node = random.choice(parts(text))
    return put(text, node.start, node.end, random.choice(parts_by_kind().get(node.kind, ("",))))


def part_moved(random: Random, text: str) -> str:
    node, to = random.sample(parts(text), 2)
    return put(text, node.start, node.end, text[to.start : to.end])


def spliced(random: Random, text: str) -> str:
    other = random.choice(seeds())
    return text[: random.randrange(len(text))] + other[random.randrange(len(other)) :]


def inserted(random: Random, text: str) -> str:
    other = random.choice(seeds())
    start = random.randrange(len(other))
    at = random.randrange(len(text))
    return put(text, at, at, other[start : start + random.randrange(1, 200)])


def cut_off(random: Random, text: str) -> str:
    return text[: random.randrange(len(text))]


def odd_characters(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    end = min(len(text), at + random.choice((0, 0, 1, 5)))
    return put(text, at, end, random.choice(ODD) * random.choice((1, 1, 1, 2, 40)))


def odd_in_text(random: Random, text: str) -> str:
    strings = [token for token in tokens_of(text) if token.kind in ("STRING", "DOC")]
    if not strings:
        return odd_characters(random, text)
    token = random.choice(strings)
    at = random.randrange(token.start + 1, token.end)
    return put(text, at, at, random.choice(ODD))


def bytes_flipped(random: Random, text: str) -> str:
    data = bytearray(text.encode("utf-8"))
    for _ in range(random.randrange(1, 4)):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return data.decode("utf-8", random.choice(("replace", "ignore")))


def lines_shuffled(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    at = random.randrange(len(lines))
    some = lines[at : at + random.randrange(2, 6)]
    random.shuffle(some)
    return "".join([*lines[:at], *some, *lines[at + len(some) :]])


def line_gone(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    del lines[random.randrange(len(lines))]
    return "".join(lines)


def both(random: Random, text: str) -> str:
    return f"{text}\n{random.choice(seeds())}"


SAME_SHAPE: tuple[Callable[[Random, str], str], ...] = (token_of_its_kind, part_of_its_kind, part_gone, part_twice)
"""Mutations that often leave a text of the language, so that the later phases meet it."""

MUTATIONS = (
    *SAME_SHAPE,
    *(token_gone, token_twice, tokens_swapped, token_of_any_kind, part_moved, spliced, inserted, cut_off),
    *(odd_characters, odd_in_text, bytes_flipped, lines_shuffled, line_gone, both),
)


def mutant(seed: int) -> str:
    """The text of a seed: one to three mutations, half of them of the kind that leaves the shape alone."""
    random = Random(seed)
    text = random.choice(seeds())
    kinds = random.choice((SAME_SHAPE, SAME_SHAPE, SAME_SHAPE, MUTATIONS, MUTATIONS))
    for _ in range(random.choice((1, 1, 2, 3))):
        changed = random.choice(kinds)(random, text)
        if len(tokens_of(changed)) < 2 or len(parts(changed)) < 2:
            return changed
        text = changed
    return text
