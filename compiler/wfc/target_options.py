"""Options of targets, in flows and in wfc.toml: known names, right types. A target is loaded only where it is named."""

from __future__ import annotations

from wfc.diagnostic import ERROR, Diagnostic, suggest
from wfc.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import Json, Project
    from wfc.target import Option

TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "int": (int,), "bool": (bool,), "list": (list, tuple)}


def option_findings(project: Project) -> Iterator[Diagnostic]:
    """WF102 for a target or option that does not exist, WF201 for a value of the wrong type or not allowed."""
    settings = Span(0, 0, "wfc.toml")
    for name, values in project.settings:
        yield from of_target(name, values, settings, f"[target.{name}]")
    for flow in project.flows:
        for options in flow.options:
            yield from of_target(options.target, options.values, options.span, f"`target {options.target}`")


def of_target(name: str, values: tuple[tuple[str, Json], ...], span: Span, where: str) -> Iterator[Diagnostic]:
    """What is wrong with the options of one target in one place."""
    import wfc_targets

    if name not in wfc_targets.NAMES:
        yield unknown("target", name, span, wfc_targets.NAMES)
        return
    known = {option.name: option for option in wfc_targets.load(name).options}
    for key, value in values:
        option = known.get(key)
        if option is None:
            yield unknown(f"option of {where}", key, span, tuple(known))
        else:
            yield from misfit(option, value, span, where)


def unknown(what: str, name: str, span: Span, known: tuple[str, ...]) -> Diagnostic:
    """WF102 with the nearest name, or all names."""
    near = suggest(name, known)
    listing = ", ".join(f"`{item}`" for item in known) or "none"
    help_text = f"did you mean `{near}`?" if near else f"known here: {listing}"
    return Diagnostic("WF102", "unknown-name", ERROR, f"there is no {what} `{name}`", span, help=help_text)


def misfit(option: Option, value: Json, span: Span, where: str) -> Iterator[Diagnostic]:
    """WF201 unless the value has the option's type and is one of its values."""
    wrong = not isinstance(value, TYPES[option.type]) or (option.type == "int" and isinstance(value, bool))
    if wrong or (option.values and value not in option.values):
        wanted = " or ".join(f'"{item}"' for item in option.values) or f"a {option.type}"
        message = f"the option `{option.name}` of {where} is {wanted}"
        yield Diagnostic("WF201", "type-mismatch", ERROR, message, span, help=option.doc)
