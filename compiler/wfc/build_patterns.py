"""The patterns that modules ask for → what `re` compiles them to: `python -m wfc.build_patterns` writes patterns.bin.

Run when a pattern changes; a test holds that the file is current.
"""

from __future__ import annotations

import importlib
import marshal
from pathlib import Path
from re import _compiler, _parser  # type: ignore[attr-defined]
from typing import Any

from wfc import patterns

MODULES = (
    "lex",
    "text",
    "resolve.literals",
    "checks.ai_unbounded",
    "checks.client_retries",
    "checks.dangerous_removal",
    "checks.destructive_command",
    "checks.hardcoded_secret",
    "checks.irreversible",
    "checks.remote_script",
    "checks.script_secrets",
    "checks.swallowed_error",
    "checks.scripts",
    "checks.scripts_twice",
    "checks.secret_cleartext",
    "checks.sql_outside_transaction",
    "checks.urls",
    "embedded.sql",
    "embedded.sql_clock",
    "embedded.sql_objects",
    "embedded.sql_parts",
    "embedded.sql_taken",
    "embedded.shell_commands",
    "embedded.shell_destroys",
    "embedded.shell_log",
    "embedded.shell_quotes",
    "embedded.shell_sql",
    "embedded.shell_state",
    "embedded.shell_words",
)
"""The modules of wfc that ask for patterns when they are imported."""
KEPT = Path(__file__).with_name("patterns.bin")


def build() -> bytes:
    """The engine that the code is for, and (pattern, flags) → code (`wfc.patterns.Code`)."""
    for module in MODULES:
        importlib.import_module(f"wfc.{module}")
    return marshal.dumps((patterns.ENGINE, {key: code(*key) for key in sorted(patterns.asked)}), 4)


def code(pattern: str, flags: int) -> tuple[Any, ...]:
    """What `re.compile` would hand to the engine (CPython, Lib/re/_compiler.py, `compile`)."""
    parsed = _parser.parse(pattern, flags)
    names: dict[str, int] = parsed.state.groupdict
    groups: list[str | None] = [None] * parsed.state.groups
    for name, number in names.items():
        groups[number] = name
    instructions = [int(one) for one in _compiler._code(parsed, flags)]
    return int(flags | parsed.state.flags), instructions, parsed.state.groups - 1, names, tuple(groups)


if __name__ == "__main__":
    KEPT.write_bytes(build())
