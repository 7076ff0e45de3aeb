"""Codes → pages: `wfc explain WF301`, from the docstrings of wfc/checks; docs/checks has them as files."""

from __future__ import annotations

from wfc.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.check import Page


def page(code: str) -> Page:
    """The page of a code. Raises KeyError for one that does not exist."""
    from wfc.checks import PAGES

    module = __import__(f"wfc.checks.{PAGES[code]}", fromlist=["PAGE"])
    found: Page = getattr(module, "CHECK", None) or module.PAGE
    return found


def explain(code: str) -> str:
    """The page of a code such as `WF301` or a name such as `missing-retry`, as Markdown.

    Raises UserError for what is neither, with the nearest code or name.
    """
    from wfc.checks import PAGES
    from wfc.diagnostic import suggest

    wanted = code.strip().upper()
    pages = [page(wanted)] if wanted in PAGES else [page(known) for known in PAGES]
    for found in pages:
        if code.strip().lower() in (found.code.lower(), found.name):
            return text(found)
    below = [known for known in PAGES if known.startswith(wanted)] if wanted else []
    if below:
        raise UserError(f"`{code}` is no code, but the beginning of several", f"name one: {', '.join(below)}")
    near = suggest(code, [*PAGES, *(found.name for found in pages)])
    raise UserError(
        f"there is no code `{code}`", f"did you mean {near}?" if near else "docs/checks/README.md lists them"
    )


def code_of(name: str) -> str:
    """The code of a check by its name, or one that is nearly so (`missing_retry`), or ""."""
    from wfc.checks import PAGES
    from wfc.diagnostic import suggest

    names = {page(code).name: code for code in PAGES}
    return names.get(suggest(name.replace("_", "-"), names), "")


def text(found: Page) -> str:
    """One page: a heading, its severity, and the docstring without its first word."""
    title, _, rest = found.doc.partition("\n")
    summary = title.partition(": ")[2]
    return f"# {found.code} {found.name} ({found.severity})\n\n{summary[:1].upper()}{summary[1:]}.\n{rest}"
