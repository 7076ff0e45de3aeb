"""What is known of commands: commands.toml, read as commands.bin, with the entries of a user over it."""

from __future__ import annotations

import marshal
import os

from wfc.embedded.shell_words import bare
from wfc.embedded.verdict import DOES, UNKNOWN, UNSAFE
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Value = str | Sequence[str]
    Known = Mapping[str, Mapping[str, Value]]
    """Command → form of its call → what it does, as in commands.toml."""

TABLE = os.path.join(os.path.dirname(__file__), "commands.bin")
"""commands.toml as `wfc.build_commands` writes it."""
AGAIN = "does its work again"
"""What an unsafe command does of which no more is said."""
SETTINGS = ("options", "long", "paths", "removes", "trial", "destroys", "lasting")


class Form(Record):
    """One form of a call: the words it begins with and the flags it has. value: what it does (commands.toml)."""

    words: tuple[str, ...]
    flags: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    last: bool
    verdict: str
    effect: str
    help: str

    def fits(self, words: Sequence[str], flags: Sequence[tuple[str, str | None]]) -> bool:
        """Is a call with these words and (flag, value) of this form?"""
        size = len(self.words)
        if tuple(words[:size]) != self.words or (self.last and len(words) > size):
            return False
        return all(
            any(flag in names and (not values or value in values) for flag, value in flags)
            for names, values in self.flags
        )


class Command(Record):
    """A command: its forms, best first; the flags that take a value; the rest as in commands.toml."""

    forms: tuple[Form, ...]
    options: frozenset[str] = frozenset()
    long: bool = False
    paths: str = ""
    removes: bool = False
    destroys: tuple[Form, ...] = ()
    """Forms that take away a whole thing: effect is what they do, help a pattern of the word that names it."""
    lasting: tuple[Form, ...] = ()
    """Forms whose effect stays: help is a pattern of the words behind them."""
    trial: frozenset[str] = frozenset()
    """Its own flags with which it only says what it would do."""

    def form(self, words: Sequence[str], flags: Sequence[tuple[str, str | None]]) -> Form:
        """The form of a call that tells most, `unknown` where none fits."""
        return next((form for form in self.forms if form.fits(words, flags)), NOT_KNOWN)

    def parsed(self, words: Sequence[str]) -> tuple[list[int], list[tuple[str, str | None]]]:
        """The numbers of the words that are no flags and no values of flags, and (flag, value or None) of the rest."""
        plain: list[int] = []
        flags: list[tuple[str, str | None]] = []
        number = 0
        while number < len(words):
            word = words[number]
            following = words[number + 1] if number + 1 < len(words) else None
            number += 1
            if word == "--":
                plain += range(number, len(words))
                break
            if len(word) < 2 or word[0] != "-":
                plain.append(number - 1)
            elif word.startswith("--") or self.long:
                name, equals, value = word.partition("=")
                takes = not equals and name in self.options
                flags.append((name, value if equals else following if takes else None))
                number += takes
            else:
                number += self.bundle(word, following, flags)
        return plain, flags

    def bundle(self, word: str, following: str | None, flags: list[tuple[str, str | None]]) -> int:
        """The flags of `-abc`; one that takes a value takes the rest, or the next word. → how many words further."""
        for place, letter in enumerate(word[1:], 2):
            name = f"-{letter}"
            if name in self.options:
                rest = word[place:]
                flags.append((name, rest or following))
                return 0 if rest else 1
            flags.append((name, None))
        if len(word) > 2:
            flags.append((word, None))
        return 0


NOT_KNOWN = Form((), (), False, UNKNOWN, "", "")


def form(text: str, value: Value) -> Form:
    """A key and a value of commands.toml. Raises ValueError for a verdict that there is not."""
    verdict, effect, remedy = (value, "", "") if isinstance(value, str) else (*value, "", "")[:3]
    if verdict not in DOES:
        raise ValueError(f"{text}: there is no verdict {verdict!r}")
    parts = text.split()
    words = tuple(part for part in parts if part[0] != "-" and part != ".")
    flags = [part.partition("=") for part in parts if part[0] == "-"]
    return Form(
        words,
        tuple((tuple(names.split(",")), tuple(values.split(",")) if values else ()) for names, _, values in flags),
        "." in parts,
        verdict,
        effect or (AGAIN if verdict == UNSAFE else ""),
        remedy,
    )


def weight(form: Form) -> int:
    """How much of a call a form tells, negative, so that the first of a sorted list tells most."""
    return -(2 * len(form.words) + 2 * len(form.flags) + form.last)


def command(entry: Mapping[str, object]) -> Command:
    """One table of commands.toml."""
    # a text is no setting: a project may have a subcommand of that name
    named = {name for name in ("destroys", "lasting") if isinstance(entry.get(name), str)}
    destroys: Mapping[str, Sequence[str]] = {} if "destroys" in named else entry.get("destroys", {})  # type: ignore[assignment]
    lasting: Mapping[str, str] = {} if "lasting" in named else entry.get("lasting", {})  # type: ignore[assignment]
    forms = [form(text, value) for text, value in entry.items() if text in named or text not in SETTINGS]  # type: ignore[arg-type]
    return Command(
        tuple(sorted(forms, key=weight)),
        frozenset(str(entry.get("options", "")).split()),
        bool(entry.get("long", False)),
        str(entry.get("paths", "")),
        bool(entry.get("removes", False)),
        tuple(form(text, [UNSAFE, *value]) for text, value in destroys.items()),
        tuple(form(text, [UNSAFE, "", behind]) for text, behind in lasting.items()),
        frozenset(str(entry.get("trial", "")).split()),
    )


class Table:
    """The commands by name, each read when it is first asked for."""

    def __init__(self, known: Known) -> None:
        with open(TABLE, "rb") as file:
            self.entries: dict[str, dict[str, object]] = marshal.loads(file.read())
        self.known = {bare(name): command(forms) for name, forms in known.items()}
        for name, forms in known.items():
            # theirs come first, so that they win against forms of as many parts
            self.entries[bare(name)] = {**forms, **self.entries.get(bare(name), {}), **forms}
        self.commands: dict[str, Command] = {}

    def is_told(self, name: str, words: Sequence[str]) -> bool:
        """Has the user said what this call does?"""
        told = self.known.get(name)
        merged = self.command(name)
        if told is None or merged is None:
            return False
        numbers, flags = merged.parsed(words)
        return told.form([words[number] for number in numbers], flags) is not NOT_KNOWN

    def command(self, name: str) -> Command | None:
        """What is known of a command, None for nothing."""
        if name not in self.commands and name in self.entries:
            self.commands[name] = command(self.entries[name])
        return self.commands.get(name)
