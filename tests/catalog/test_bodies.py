"""The scripts inside the catalog: shellcheck on bash, and what Python bodies may import."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from catalog.test_catalog import ENTRIES, LIBRARY, signature
from wfc.catalog import source
from wfc.syntax import Token, walk
from wfc.text import dedented

PACKAGES = {"boto3": {"boto3", "botocore"}, "psycopg": {"psycopg"}}


def body(name: str) -> tuple[str, str]:
    """The kernel action that an action runs, and its script ("" for http)."""
    run = signature(name).run
    assert run is not None
    scripts = [part.text for part in walk(run) if isinstance(part, Token) and part.kind == "DOC"]
    return ENTRIES[name].text.split("\n  run ")[1].partition("(")[0], dedented(scripts[0]) if scripts else ""


BODIES = {name: body(name) for name in LIBRARY}
SHELLS = [name for name, (kind, _) in BODIES.items() if kind == "shell"]
PYTHONS = [name for name, (kind, _) in BODIES.items() if kind == "python"]


@pytest.mark.parametrize("name", SHELLS)
def test_shellcheck_finds_nothing(name: str) -> None:
    # SC2154: variables come by `env:`
    command = [f"{sys.prefix}/bin/shellcheck", "--shell=bash", "--enable=all", "--exclude=SC2154,SC2250,SC2312", "-"]
    script = "set -euo pipefail\n" + BODIES[name][1]
    done = subprocess.run(command, input=script, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", SHELLS)
def test_variables_of_a_shell_body_come_from_its_env(name: str) -> None:
    text = ENTRIES[name].text
    given = set(re.findall(r"([A-Z_]+):", text[text.rindex('"""') :]))
    script = BODIES[name][1]
    used = set(re.findall(r"\$\{?#*([A-Z][A-Z_]+)", script))
    own = set(re.findall(r"^\s*(?:export )?([A-Z_0-9]+)=", script, re.MULTILINE))
    with_default = set(re.findall(r"\$\{([A-Z_]+):-", script))
    assert used - own - with_default - {"WFC_OUTPUT"} <= given
    assert given <= used


@pytest.mark.parametrize("name", PYTHONS)
def test_python_body_imports_what_it_may_and_reads_its_arguments(name: str) -> None:
    script = BODIES[name][1]
    found = signature(name).run
    assert found is not None
    text = ENTRIES[name].text
    packages = re.findall(r'packages: \["(\w+)(?:\[\w+\])?==[0-9.]+"\]', text)
    allowed = set(sys.stdlib_module_names).union(*(PACKAGES[package] for package in packages))
    tree = ast.parse("def body():\n" + "\n".join("    " + line for line in script.splitlines()))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])
    assert imported <= allowed
    given = set(re.findall(r"^    (\w+):|[{,] (\w+):", text[text.rindex("args: {") :], re.MULTILINE))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {one or other for one, other in given} <= names


def test_every_file_of_the_catalog_ends_in_one_line_end() -> None:
    for path in {entry.path for entry in ENTRIES.values()}:
        text = source(path)
        assert text is not None
        assert text == text.rstrip() + "\n"
        assert not re.search(r"[ \t]+$", text, re.MULTILINE)
