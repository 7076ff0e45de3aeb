"""Writes docs/checks/ from the pages of the checks, one file a code and an index: `python -m wfc.build_checks_page`."""

from __future__ import annotations

import pathlib
import re

from wfc.check import allowable, run_checks
from wfc.checks import PAGES
from wfc.explain import page, text
from wfc.pipeline import load_texts

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
shows one of them offline. Codes marked *always* can't be silenced. *Fix* says whether `--fix` mends it, or only with
`--unsafe-fixes`, in the bad examples of the page. Presets, settings and formats: [Using wfc check](../check.md).
"""
SILENCED = """
## How it is silenced
`allow {code} "reason"` {where}. For some files or all: `ignore` in `[check]` of `wfc.toml`, `--ignore {code}`
([Using wfc check](../check.md)).
"""
ALWAYS = """
## How it is silenced
Not at all: it is always reported.
"""
PLACE = "on a task, an approval or a `require` silences it there, in `defaults` in the whole flow"


def main() -> None:
    """Write the pages and take away those of codes that are no more; tests/checks hold that they are current."""
    folder = pathlib.Path(__file__).resolve().parents[2] / "docs" / "checks"
    folder.mkdir(exist_ok=True)
    files = pages()
    for path in folder.glob("*.md"):
        if path.name not in files:
            path.unlink()
    for name, markdown in files.items():
        (folder / name).write_text(markdown, encoding="utf-8")


def pages() -> dict[str, str]:
    """Name of each file of docs/checks → its text: README.md, the index by family, and a page for each code."""
    found = [page(code) for code in PAGES]
    parts = [INTRODUCTION]
    for prefix, title in FAMILIES:
        rows = [row(one) for one in found if one.code.startswith(prefix)]
        parts.append(f"## {title}\n\n| code | name | severity | from preset | fix | |\n|---|---|---|---|---|---|")
        parts[-1] += "".join(f"\n{one}" for one in rows) + "\n"
    return {"README.md": "\n".join(parts)} | {f"{one.code}.md": whole(one) for one in found}


def row(one: Page) -> str:
    """The row of a code in the index."""
    preset = getattr(one, "preset", "draft") if one.code in allowable() else "always"
    summary = one.doc.partition("\n")[0].partition(": ")[2].replace("|", "\\|")
    return f"| [{one.code}]({one.code}.md) | {one.name} | {one.severity} | {preset} | {fix(one)} | {summary} |"


def whole(one: Page) -> str:
    """The page of a code, and how it is silenced."""
    end = SILENCED.format(code=one.code, where=PLACE) if one.code in allowable() else ALWAYS
    return text(one).rstrip("\n") + "\n" + end + "\n[All codes](README.md)\n"


def fix(one: Page) -> str:
    """`yes` for a safe fix in a bad example of the page, `unsafe` for another, `no` for none."""
    bad = one.doc.partition("\n## Bad\n")[2].partition("\n## ")[0]
    best = "no"
    for example in re.findall(r"^```wf\w*[^\n]*\n(.*?)^```$", bad, re.MULTILINE | re.DOTALL):
        loaded = load_texts([("flow.wf", example)])
        for found in (*loaded.diagnostics, *run_checks(loaded.project, {one.code}, before=loaded.diagnostics)):
            for item in found.fixes if found.code == one.code else ():
                best = "yes" if item.safe or best == "yes" else "unsafe"
    return best


if __name__ == "__main__":
    main()
