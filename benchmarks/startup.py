"""How long a cold command takes, against `python -c pass`: `python benchmarks/startup.py [ROUNDS]` prints Markdown."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from measure import paired, table
from synthetic import flow

PARSE = "import sys; from wfc.parse import parse; assert not parse('x', open(sys.argv[1]).read())[1]"
CLI = "from wfc.cli import program; program()"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.wf"), Path(folder, "large.wf")
        small.write_text(flow(13), "utf-8")
        large.write_text(flow(1000), "utf-8")
        commands = {
            "`python -c pass`": [sys.executable, "-c", "pass"],
            "`wfc --version`": [sys.executable, "-c", CLI, "--version"],
            f"parse, {lines(small)} lines": [sys.executable, "-c", PARSE, str(small)],
            f"`wfc check`, {lines(small)} lines": [sys.executable, "-c", CLI, "check", str(small)],
            f"`wfc check`, {lines(large)} lines": [sys.executable, "-c", CLI, "check", str(large)],
            "the same, nothing changed": [
                "env",
                f"WFC_CACHE={folder}/kept",
                sys.executable,
                "-c",
                CLI,
                "check",
                str(large),
            ],
            "`import lark`": [sys.executable, "-c", "import lark"],
        }
        result = subprocess.run(commands[f"parse, {lines(small)} lines"], capture_output=True, text=True, check=False)
        if result.returncode:
            sys.exit(result.stderr)
        print(table("cold command", paired(commands, rounds), "`python -c pass`"))


def lines(path: Path) -> int:
    """The lines of a file."""
    return path.read_text("utf-8").count("\n")


if __name__ == "__main__":
    main()
