"""Break the compiler in each way of `mutants.table` and see that a test notices: `make mutants [ARGS="words"]`.

Words choose the mutants whose description or file has one of them. Prints for each the test that failed. Exit code 1
when one was not noticed, 2 when the tests fail without any mutant.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from mutants.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
SOURCES = ("compiler", "grammar", "schemas", "targets")
COPIED = (*SOURCES, "tests", "examples", "docs", "pyproject.toml")
FAILED = re.compile(r"^(?:FAILED|ERROR) \S*?([^/\s]+\.py::\S+)", re.MULTILINE)


def copy(folder: Path) -> None:
    """What the tests need of the project, in `folder`."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


def run(folder: Path, test: str, cases: str) -> tuple[int, str]:
    """pytest's exit code and output for some tests of a copy, up to the first that fails."""
    command = [sys.executable, "-m", "pytest", "-xq", "-p", "no:cacheprovider", test]
    paths = os.pathsep.join(str(folder / name) for name in SOURCES)
    env = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "WFC_REQUIRE_ENGINES": "1"}
    done = subprocess.run(
        [*command, "-k", cases] if cases else command, cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def applied(mutant: Mutant, folder: Path) -> str:
    """Make the edit of a mutant in a copy; gives the text that was there."""
    path = folder / mutant.file
    text = path.read_text()
    assert text.count(mutant.before) == 1, f"{mutant.file} has {text.count(mutant.before)} times: {mutant.before}"
    path.write_text(text.replace(mutant.before, mutant.after))
    return text


def sound(folder: Path, chosen: list[Mutant]) -> bool:
    """Do all tests that the mutants name pass without one?"""
    wanted: dict[str, list[str]] = {}
    for mutant in chosen:
        wanted.setdefault(mutant.test, []).append(mutant.cases)
    for test, cases in wanted.items():
        code, output = run(folder, test, "" if "" in cases else " or ".join(f"({one})" for one in dict.fromkeys(cases)))
        if code != 0:
            print(f"without a mutant {test} fails:\n{output[-3000:]}")
            return False
    return True


def main(words: list[str]) -> int:
    """Run the mutants; see the module."""
    chosen = [mutant for mutant in MUTANTS if not words or any(word in mutant.what + mutant.file for word in words)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy(folder)
        if not sound(folder, chosen):
            return 2
        missed = 0
        for mutant in chosen:
            before = applied(mutant, folder)
            code, output = run(folder, mutant.test, mutant.cases)
            (folder / mutant.file).write_text(before)
            found = FAILED.search(output) if code == 1 else None
            missed += found is None
            shown = f"noticed by {found[1]}" if found else f"NOT NOTICED (pytest: {code})\n{output[-1500:]}"
            print(f"{mutant.file.rpartition('wfc_targets/')[2]}: {mutant.what}: {shown}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} mutants noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
