"""The kept patterns: current, and the same as what `re` compiles; without them all works as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from wfc import patterns
from wfc.build_patterns import KEPT, MODULES


def test_the_kept_patterns_are_current() -> None:
    text = "from wfc.build_patterns import build; import sys; sys.stdout.buffer.write(build())"
    # processes of their own, for what other tests ask for is in this one
    one, other = (
        subprocess.run(
            [sys.executable, "-c", text],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )
    assert one == other
    if patterns.CODES:
        assert KEPT.read_bytes() == one, "run `python -m wfc.build_patterns`"


def test_every_module_that_asks_is_listed() -> None:
    folder = Path(patterns.__file__).parent
    asking = [path for path in folder.rglob("*.py") if re.search(r"(?<!def )\bready\(", path.read_text("utf-8"))]
    assert {".".join(path.relative_to(folder).with_suffix("").parts) for path in asking} == set(MODULES)


def test_each_is_what_re_makes_of_it() -> None:
    for pattern, flags in patterns.CODES:
        kept, made = patterns.ready(pattern, flags), re.compile(pattern, flags)
        assert kept == made
        assert (kept.groups, kept.groupindex, kept.flags) == (made.groups, made.groupindex, made.flags)


def test_another_engine_compiles_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "CODES", {})
    assert patterns.ready("a(?P<n>b)?").fullmatch("ab")["n"] == "b"  # type: ignore[index]


def test_a_check_needs_no_re_and_no_argparse() -> None:
    text = "import sys; from wfc.cli import main; main(['check', 'examples/orders_etl.wf']); print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", text], capture_output=True, check=True, text=True).stdout
    assert "'re'" not in shown
    assert "'argparse'" not in shown
