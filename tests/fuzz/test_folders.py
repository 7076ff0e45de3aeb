"""Damaged folders of flows through `wfc check`: what is kept, the order of files and baselines change no byte.

Each folder is checked, changed, and checked again, with what was kept and without. 60 in the usual run, 4,000 with
HYPOTHESIS_PROFILE=soak, N with WFC_SOAK=N. In tests/,
`python -m fuzz.test_folders SEED` writes one to ./before and ./after.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from random import Random

import pytest

from command_line import Done, wfc, write
from fuzz.folders import folder
from fuzz.invariants import watchdog

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
FOLDERS = int(os.environ.get("WFC_SOAK") or (4_000 if SOAK else 60))
PARTS = 4
HANGS = 2.0
"""Seconds of CPU time that no check of such a folder may take; most take a hundredth of it."""
CHECK = ("check", "--preset", "production", "--format", "json")


def checked(*words: str) -> Done:
    """A check that ends in time, with an exit code that says something about the flows, not about wfc."""
    with watchdog(HANGS):
        done = wfc(*CHECK, *words)
    assert done.code in (0, 1, 2), done
    return done


def put(files: dict[str, str]) -> None:
    """Make the working folder a project of just these files."""
    for there in (*Path().glob("*.wf"), *Path().glob("*/*.wf")):
        there.unlink()
    write("wfc.toml", "[project]\n")
    for path, text in files.items():
        write(path, text.encode("utf-8", "surrogatepass"))


def hold(seed: int) -> int:
    """What must hold of one folder; how many findings it has. Raises AssertionError where it does not."""
    before, after = folder(seed)
    put(before)
    checked()
    put(after)
    plain = checked("--no-cache")
    assert checked() == plain, "what was kept of the folder before makes a difference"
    assert checked() == plain, "what was kept of this run makes a difference"
    names = sorted(after)
    Random(seed).shuffle(names)
    assert checked("--no-cache", *names) == plain, "the order of the files makes a difference"
    if plain.code == 2:
        return 0
    written = checked("--write-baseline", "known.txt")
    again = checked("--baseline", "known.txt")
    assert again.out == written.out, "a finding is new that was just written"
    assert "stale" not in again.err, again.err
    return plain.out.count('"code"')


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_folders(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFC_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr("wfc.commands.check.WORTH", 1)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    failures: dict[int, str] = {}
    found = 0
    for seed in range(part, FOLDERS, PARTS):
        try:
            found += hold(seed)
        except Exception as error:
            failures[seed] = f"{type(error).__name__}: {error}"
        shutil.rmtree(tmp_path / "kept", ignore_errors=True)
    assert not failures
    assert found > FOLDERS // PARTS, "the folders have hardly any findings, so that little is shown"


def main(seed: int) -> None:
    """Write the folder of a seed."""
    for name, files in zip(("before", "after"), folder(seed), strict=True):
        for path, text in files.items():
            write(f"{name}/{path}", text.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
