"""Writes docs/checks.md from the pages of the checks: `python -m wfc.build_checks_page`."""

from __future__ import annotations

import pathlib

from wfc.explain import checks_page


def main() -> None:
    """Write the page; tests/checks hold that it is current."""
    path = pathlib.Path(__file__).resolve().parents[2] / "docs" / "checks.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(checks_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
