"""Options of targets, in flows and in wfc.toml: known names, right types. A target is loaded only where it is named."""

from __future__ import annotations

from wfc.diagnostic import ERROR, Diagnostic, suggest
from wfc.record import replace
from wfc.source import NOWHERE, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wfc.ir import Json, Project
    from wfc.target import Option

    Keys = tuple[str, ...]

TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "int": (int,), "bool": (bool,), "list": (list, tuple)}


def in_the_settings(keys: Keys) -> Span:  # noqa: ARG001 - the place of every key is the same here
    """Somewhere in wfc.toml."""
    return Span(0, 0, "wfc.toml")


def option_findings(project: Project, at: Callable[[Keys], Span] = in_the_settings) -> Iterator[Diagnostic]:
    """WF102 for a target or option that does not exist, WF201 for a value of the wrong type or not allowed.

    at: gives the place of a setting (wfc.settings_places.at); asked only where there is something to say.
    """
    for name, values in project.settings:
        for keys, found in of_target(name, values, f"[target.{name}]"):
            yield replace(found, span=at(("target", name, *keys)))
    for engine in dict.fromkeys(engine for engine, _, _ in project.secret_names):
        for _, found in of_target(engine, (), ""):
            yield replace(found, span=at(("secrets", engine)))
    for flow in project.flows:
        for options in flow.options:
            for _, found in of_target(options.target, options.values, f"`target {options.target}`"):
                yield replace(found, span=options.span)


def of_target(name: str, values: tuple[tuple[str, Json], ...], where: str) -> Iterator[tuple[Keys, Diagnostic]]:
    """What is wrong with the options of one target in one place, each with the name of the option, () for the target.

    The findings have no place yet.
    """
    import wfc_targets

    if name not in wfc_targets.NAMES:
        yield (), unknown("target", name, wfc_targets.NAMES)
        return
    known = {option.name: option for option in wfc_targets.load(name).options}
    for key, value in values:
        option = known.get(key)
        found = unknown(f"option of {where}", key, tuple(known)) if option is None else misfit(option, value, where)
        if found is not None:
            yield (key,), found


def unknown(what: str, name: str, known: tuple[str, ...]) -> Diagnostic:
    """WF102 with the nearest name, or all names."""
    near = suggest(name, known)
    listing = ", ".join(f"`{item}`" for item in known) or "none"
    help_text = f"did you mean `{near}`?" if near else f"known here: {listing}"
    return Diagnostic("WF102", "unknown-name", ERROR, f"there is no {what} `{name}`", NOWHERE, help=help_text)


def misfit(option: Option, value: Json, where: str) -> Diagnostic | None:
    """WF201 unless the value has the option's type and is one of its values."""
    wrong = not isinstance(value, TYPES[option.type]) or (option.type == "int" and isinstance(value, bool))
    if not wrong and (not option.values or value in option.values):
        return None
    wanted = " or ".join(f'"{item}"' for item in option.values) or f"a {option.type}"
    message = f"the option `{option.name}` of {where} is {wanted}"
    return Diagnostic("WF201", "type-mismatch", ERROR, message, NOWHERE, help=option.doc)
