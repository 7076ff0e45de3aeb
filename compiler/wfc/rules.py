"""Which checks are run, and how grave their findings are: presets, `select`, `ignore`, severities, paths.

Codes are named in full (`WF302`), by prefix (`WF3`) or by name (`missing-timeout`). What parser, resolver and targets
report, and WF001 to WF009, is no matter of taste: such codes can be neither silenced nor given another severity.
"""

from __future__ import annotations

from wfc.check import OWN, PRESETS, allowable, in_preset
from wfc.checks import PAGES
from wfc.errors import UserError
from wfc.record import Record, replace
from wfc.settings import WrongSetting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from wfc.diagnostic import Diagnostic
    from wfc.settings import CheckSettings

SEVERITIES = ("error", "warning", "info", "off")


class Rules(Record):
    """What to run and how to show it. codes: those of the checks to run.

    severity: code → error | warning | info, where it is not the check's own. ignored: (pattern, codes) by path, see
    `fits`. folder: the one that patterns are relative to, "" for the working folder.
    """

    codes: frozenset[str]
    severity: dict[str, str]
    ignored: tuple[tuple[str, frozenset[str]], ...] = ()
    folder: str = ""

    def apply(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings that are to be shown, with their severities, in the order given."""
        always = PAGES.keys() - allowable()
        return tuple(
            replace(item, severity=self.severity[item.code]) if item.code in self.severity else item
            for item in found
            if item.code in always or (item.code in self.codes and not self.is_ignored(item))
        )

    def is_ignored(self, found: Diagnostic) -> bool:
        """Does a pattern of `[check.per-path]` silence the finding where it is?"""
        if not any(found.code in codes for _, codes in self.ignored):
            return False
        path = relative(found.span.source, self.folder)
        return any(found.code in codes and fits(path, pattern) for pattern, codes in self.ignored)


def rules(settings: CheckSettings, folder: str = "", more: CheckSettings | None = None) -> Rules:
    """The rules of `[check]` in wfc.toml, and of the command line (`more`), which wins.

    A preset or a selection is where to start. In wfc.toml a severity but `off` adds its codes to it, `ignore` and
    `off` take theirs away; a preset of the command line takes the place of the one there, a selection of the command
    line is all that is run. folder: where wfc.toml lies.
    Raises UserError for what is not known, with the nearest, and for codes that are always reported; WrongSetting for
    those of wfc.toml.
    """
    if more and more.preset and more.select:
        raise UserError("--select and --preset both say what is run", "keep one of them")
    if settings.preset and settings.select:
        raise WrongSetting(("check", "select"), "[check] select and preset both say what is run", "keep one of them")
    severity = severities(settings)
    ignored = expanded(settings.ignore, "[check] ignore", keys=("check", "ignore"))
    off = {code for code, level in severity.items() if level == "off"}
    if more and more.select:
        codes = expanded(more.select, "--select", silencing=False)
    else:
        if more and more.preset:
            codes = of_preset(more.preset, "--preset")
        elif settings.select:
            codes = expanded(settings.select, "[check] select", False, ("check", "select"))
        else:
            codes = of_preset(settings.preset or "recommended", "[check] preset", ("check", "preset"))
        codes = (codes | severity.keys()) - off - ignored
    if more:
        codes -= expanded(more.ignore, "--ignore")
    return Rules(
        codes | OWN,
        {code: level for code, level in severity.items() if level != "off"},
        tuple(
            (pattern, expanded(names, f'[check.per-path] "{pattern}" ignore', keys=("check", "per-path", pattern)))
            for pattern, names in settings.per_path
        ),
        folder,
    )


def severities(settings: CheckSettings) -> dict[str, str]:
    """Code → severity or "off", of [check.severity]; later lines win. Raises WrongSetting."""
    found: dict[str, str] = {}
    for name, level in settings.severity:
        keys = ("check", "severity", name)
        if level not in SEVERITIES:
            raise WrongSetting(keys, f'[check.severity] {name} is "{level}"', f"known: {', '.join(SEVERITIES)}")
        found |= dict.fromkeys(expanded((name,), "[check.severity]", keys=keys), level)
    return found


def of_preset(preset: str, where: str, keys: tuple[str, ...] = ()) -> frozenset[str]:
    """`in_preset`. Raises UserError for a preset that does not exist; where, keys: as in `expanded`."""
    if preset not in PRESETS:
        from wfc.diagnostic import suggest

        near = suggest(preset, PRESETS)
        help_text = f"did you mean {near}?" if near else f"known: {', '.join(PRESETS)}"
        raise wrong(keys, f"{where} names {preset}, which is no preset", help_text)
    return in_preset(preset)


def wrong(keys: tuple[str, ...], message: str, remedy: str) -> UserError:
    """The error for a setting with these keys, or for an option of the command line (no keys)."""
    return WrongSetting(keys, message, remedy) if keys else UserError(message, remedy)


def expanded(names: Iterable[str], where: str, silencing: bool = True, keys: tuple[str, ...] = ()) -> frozenset[str]:
    """The codes that codes, prefixes and names stand for. where: what names them, for errors; keys: the setting.

    silencing: is it to take them away or to make them less, which the codes that are always reported refuse? A prefix
    then stands for the others only. Raises UserError for what is not known.
    """
    able = allowable()
    found: set[str] = set()
    for name in names:
        codes = matching(name)
        if not codes:
            raise wrong(keys, f"{where} names {name}, which is no code, prefix or name of a check", remedy(name))
        if silencing and not codes & able:
            which = name if len(codes) == 1 else f"all of {name}"
            raise wrong(
                keys,
                f"{where}: {which} is always reported, as it is",
                "mend what it finds; docs/checks/README.md marks such codes",
            )
        found |= codes & able if silencing else codes
    return frozenset(found)


def matching(name: str) -> frozenset[str]:
    """The codes that begin with a text such as `WF3`, or the one with a name such as `missing-timeout`."""
    name = name.strip()
    if name[:2].upper() == "WF" and (len(name) == 2 or name[2:].isdigit()):
        return frozenset(code for code in PAGES if code.startswith(name.upper()))
    return frozenset(code for code, known in names_of_codes().items() if known == name.lower())


def names_of_codes() -> dict[str, str]:
    """Code → kebab name, of all pages."""
    from wfc.explain import page

    return {code: page(code).name for code in PAGES}


def remedy(name: str) -> str:
    """The code or name that was probably meant."""
    from wfc.diagnostic import suggest

    near = suggest(name, [*PAGES, *names_of_codes().values()])
    return f"did you mean {near}?" if near else "docs/checks/README.md lists them"


def relative(path: str, folder: str) -> str:
    """A path as seen from a folder, with `/`; as it is without a folder, for standard input and for the settings."""
    if not folder or path in ("-", "wfc.toml"):
        return path
    import os

    return os.path.relpath(path, folder).replace(os.sep, "/")


def fits(path: str, pattern: str) -> bool:
    """Does a glob cover a path? `*` and `?` stay inside one folder, `**` goes through any number of them."""
    import re

    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    regex = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.fullmatch("".join(regex.get(part) or re.escape(part) for part in parts), path) is not None
