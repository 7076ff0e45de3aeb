"""The import order of the layers, and what the commands load: both are promises of docs/architecture.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYERS: tuple[tuple[str, ...], ...] = (
    ("wfc.version", "wfc.record", "wfc.errors", "wfc.build_tables", "wfc.patterns"),
    ("wfc.text", "wfc.source"),
    ("wfc.diagnostic", "wfc.types"),
    ("wfc.syntax", "wfc.functions"),
    ("wfc.ir",),
    (
        "wfc.lex",
        "wfc.holes",
        "wfc.brackets",
        "wfc.expected",
        "wfc.mistakes",
        "wfc.repair",
        "wfc.recover",
        "wfc.parse",
        "wfc.walk",
    ),
    (
        "wfc.python_prelude",
        "wfc.python_writer",
        "wfc.python_text",
        "wfc.format_space",
        "wfc.format_comments",
        "wfc.format",
        "wfc.catalog",
        "wfc.target",
        "wfc.embedded",
    ),
    (
        "wfc.resolve",
        "wfc.settings",
        "wfc.toml_places",
        "wfc.files",
        "wfc.manifest",
        "wfc.taint",
        "wfc.dump",
        "wfc.undump",
    ),
    (
        "wfc.trace",
        "wfc.values",
        "wfc.world",
        "wfc.attempts",
        "wfc.call_arguments",
        "wfc.undo",
        "wfc.run_state",
        "wfc.interpret",
        "wfc.permits",
    ),
    ("wfc.check", "wfc.checks", "wfc.explain", "wfc.fixing", "wfc.simulate", "wfc_targets.common"),
    ("wfc_targets",),
    ("wfc.pipeline", "wfc.target_options", "wfc.rules"),
    (
        "wfc.gather",
        "wfc.unread",
        "wfc.settings_places",
        "wfc.incremental",
        "wfc.render",
        "wfc.masking",
        "wfc.formats",
        "wfc.baseline",
        "wfc.timing",
        "wfc.generate",
        "wfc.docgen",
        "wfc.docgen_actions",
        "wfc.build_catalog",
        "wfc.build_commands",
        "wfc.build_patterns",
        "wfc.build_checks_page",
    ),
    ("wfc.commands", "wfc.cli", "wfc.__main__"),
)
"""From the bottom up: a module imports its own row and those above it in this list, at module level."""

FORBIDDEN = ("openai", "instructor", "httpx", "httpx2", "requests", "urllib3", "pydantic", "socket", "ssl", "lark")
"""What checking and compiling never load: network libraries, and what only generation or the tests need."""


def layer(module: str) -> int | None:
    best = None
    for number, names in enumerate(LAYERS):
        for name in names:
            if (module == name or module.startswith(name + ".")) and (best is None or len(name) > best[1]):
                best = number, len(name)
    return None if best is None else best[0]


def modules() -> list[tuple[str, Path]]:
    found = []
    for root in (ROOT / "compiler", ROOT / "targets"):
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def imports(path: Path) -> list[str]:
    """What a module imports when it is loaded: not inside functions, not under TYPE_CHECKING."""
    found = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.split(".")[0] in ("wfc", "wfc_targets")]


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_go_one_way(module: str, path: Path) -> None:
    own = layer(module)
    assert own is not None or module == "wfc", f"{module} stands in no layer: add it to LAYERS"
    if own is None:
        return
    for name in imports(path):
        other = layer(name)
        assert other is None or other <= own, f"{module} (layer {own}) imports {name} (layer {other})"


@pytest.mark.parametrize("module", sorted(name for name, _ in modules() if name.startswith("wfc_targets.")))
def test_targets_do_not_know_each_other(module: str) -> None:
    own = module.split(".")[1]
    path = dict(modules())[module]
    for name in imports(path):
        other = name.split(".")
        assert other[0] != "wfc_targets" or other[1] in (own, "common"), f"{module} imports {name}"
        assert other[:2] != ["wfc", "syntax"], f"{module} imports {name}: targets read the resolved flow only"


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "examples/orders_etl.wf"],
        ["compile", "examples/ticket_triage.wf", "--target", "github"],
        ["--version"],
    ],
    ids=lambda value: value[0],
)
def test_checking_and_compiling_load_no_network_library(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom wfc.cli import main\nmain(sys.argv[1:])\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


UNASKED = ("argparse", "json", "re", "hashlib", "difflib", "wfc.commands.check_options", "wfc.rules", "wfc.explain")
UNASKED_BELOW = ("wfc.formats", "wfc.baseline", "wfc.fixing", "wfc.timing", "wfc_targets")


def test_a_check_without_options_loads_nothing_for_them() -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nfrom wfc.cli import main\nmain(sys.argv[1:])\n"
        "print(*(set(sys.modules) - before), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "check", "examples/orders_etl.wf"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stderr.splitlines()[-1].split()
    assert "wfc.check" in loaded
    assert [name for name in loaded if name in UNASKED or name.startswith(UNASKED_BELOW)] == []


@pytest.mark.parametrize("path", [path for _, path in modules()], ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_public_says_what_it_is(path: Path) -> None:
    assert list(undocumented(ast.parse(path.read_text("utf-8")))) == []


def undocumented(tree: ast.AST) -> Iterator[str]:
    """The public classes, functions and methods without a docstring; functions inside of functions are private."""
    for node in ast.iter_child_nodes(tree):
        named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if named and not ast.get_docstring(node):
            yield f"{node.name}, line {node.lineno}"
        if isinstance(node, ast.ClassDef | ast.If):
            yield from undocumented(node)
