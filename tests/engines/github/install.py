"""Installs act and actionlint (Go) and GitHub's language service (npm); finds shellcheck and zizmor beside Python."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from engines import cache

HERE = Path(__file__).parent
GO_TOOLS = {
    "actionlint": "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
    "act": "github.com/nektos/act@v0.2.89",
}
NODE_FILES = (HERE / "js" / "package.json", HERE / "js" / "package-lock.json")


def install() -> list[Path]:
    """Install what is not there yet; returns the folders. Raises cache.Missing when a toolchain is missing."""
    return [
        *(cache.install(_go_name(tool), _go_builder(tool)) for tool in GO_TOOLS),
        cache.install(_node_name(), _build_node),
    ]


def go_tool(name: str) -> Path:
    """The installed `act` or `actionlint`. Raises cache.Missing."""
    return cache.installed(_go_name(name)) / "bin" / name


def node_modules() -> Path:
    """The folder that holds `node_modules` of GitHub's language service. Raises cache.Missing."""
    return cache.installed(_node_name())


def python_tool(name: str) -> Path:
    """`shellcheck` or `zizmor`, which the dev dependencies put beside the Python that runs the tests."""
    found = Path(sys.executable).parent / name
    if not found.exists():
        raise cache.Missing(f"`{name}` is not installed beside {sys.executable}", "run `make setup`")
    return found


def _go_name(tool: str) -> str:
    return f"{tool}-{GO_TOOLS[tool].rpartition('@')[2]}"


def _node_name() -> str:
    return f"github-language-service-{cache.digest(*NODE_FILES)}"


def _go_builder(tool: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        go = cache.tool("go", "install Go 1.24 or newer (https://go.dev/dl)")
        cache.call([go, "install", GO_TOOLS[tool]], cwd=folder, env={"GOBIN": str(folder / "bin")})

    return build


def _build_node(folder: Path) -> None:
    npm = cache.tool("npm", "install Node 20 or newer")
    for file in NODE_FILES:
        shutil.copy(file, folder)
    cache.call([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
