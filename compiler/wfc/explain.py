"""Codes → pages: `wfc explain WF301`, and docs/checks.md, from the docstrings of wfc/checks."""

from __future__ import annotations

from wfc.errors import UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.check import Page

FAMILIES = (
    ("WF0", "About the text and the checker"),
    ("WF1", "Order and names"),
    ("WF2", "Types and data"),
    ("WF3", "Retries, timeouts, waiting"),
    ("WF4", "Idempotency"),
    ("WF5", "Failure handling"),
    ("WF6", "Secrets and injection"),
    ("WF7", "Models and people"),
    ("WF8", "Schedules"),
    ("WF90", "Between flows"),
    ("WF95", "Targets"),
)
INTRODUCTION = """\
# What wfc finds

Each page is also a test: its bad examples raise exactly this code, its good ones raise nothing. `wfc explain CODE`
shows one of them offline. `allow CODE "reason"` on a task, an approval or a `require` silences a finding there, in
`defaults` in the whole flow; codes marked *always* can't be silenced. Presets, settings and formats:
[Using wfc check](check.md).
"""


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
    raise UserError(f"there is no code `{code}`", f"did you mean {near}?" if near else "docs/checks.md lists them")


def text(found: Page) -> str:
    """One page: a heading, its severity, and the docstring without its first word."""
    title, _, rest = found.doc.partition("\n")
    summary = title.partition(": ")[2]
    return f"# {found.code} {found.name} ({found.severity})\n\n{summary[:1].upper()}{summary[1:]}.\n{rest}"


def checks_page() -> str:
    """docs/checks.md: a table of all codes, then every page, by family and code."""
    from wfc.check import allowable
    from wfc.checks import PAGES

    allowed = allowable()

    def mark(found: Page) -> str:
        return getattr(found, "preset", "draft") if found.code in allowed else "always"

    pages = [page(code) for code in PAGES]
    rows = [
        f"| [{found.code}](#{anchor(found)}) | {found.name} | {found.severity} | {mark(found)} |" for found in pages
    ]
    parts = [INTRODUCTION, "| code | name | severity | from preset |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"]
    for prefix, title in FAMILIES:
        parts.append(f"## {title}\n")
        parts += [deeper(text(found)) for found in pages if found.code.startswith(prefix)]
    return "\n".join(parts)


def anchor(found: Page) -> str:
    """The anchor that GitHub gives to the heading of a page."""
    return f"{found.code.lower()}-{found.name}-{found.severity}"


def deeper(markdown: str) -> str:
    """A page with its headings two levels down; lines inside fences stay."""
    lines = []
    fenced = False
    for line in markdown.split("\n"):
        fenced ^= line.startswith("```")
        lines.append(f"##{line}" if line.startswith("#") and not fenced else line)
    return "\n".join(lines)
