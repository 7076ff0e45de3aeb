"""The terraform actions, run by terraform on a configuration that needs no provider from a registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.runner import Failed, File, run

pytestmark = pytest.mark.slow
CONFIGURATION = """
variable "size" { type = string }
variable "password" {
  type      = string
  sensitive = true
}
resource "terraform_data" "box" { input = var.size }
output "size" { value = terraform_data.box.output }
output "password" {
  value     = var.password
  sensitive = true
}
"""


@pytest.fixture
def folder(program: Callable[[str], str], tmp_path: Path) -> Path:
    """A folder with the configuration in `infra`."""
    program("terraform")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/main.tf").write_text(CONFIGURATION)
    return tmp_path


def plan(folder: Path, **arguments: Any) -> Any:
    """Run terraform.plan for the workspace `stage`."""
    given = {"path": "infra", "workspace_name": "stage", "secrets": {"password": "s3cret"}, **arguments}
    return run("terraform.plan", given, folder, {"TF_CLI_CONFIG_FILE": "/dev/null"})


def apply(folder: Path, made: Any) -> None:
    """Run terraform.apply of a plan."""
    arguments = {
        "plan": File(made["plan"]),
        "path": "infra",
        "workspace_name": "stage",
        "secrets": {"password": "s3cret"},
    }
    run("terraform.apply", arguments, folder, {"TF_CLI_CONFIG_FILE": "/dev/null"})


def counts(made: Any) -> tuple[Any, ...]:
    """Changes, and how many are added, changed, destroyed."""
    return made["changes"], made["add"], made["change"], made["destroy"]


def test_plan_apply_output_and_destroy(folder: Path) -> None:
    size = 'large" ; $(touch owned)'
    first = plan(folder, variables={"size": size})
    # the resource is new, and so are both outputs, which are no resources
    assert counts(first) == (True, 1, 0, 0)
    assert "terraform_data.box will be created" in first["text"]
    assert "s3cret" not in first["text"]
    apply(folder, first)
    assert not list(folder.rglob("owned"))
    given = run("terraform.output", {"path": "infra", "workspace_name": "stage"}, folder)
    assert given == {"size": size}
    assert counts(plan(folder, variables={"size": size})) == (False, 0, 0, 0)
    assert counts(plan(folder, variables={"size": "small"})) == (True, 0, 1, 0)
    assert counts(plan(folder, variables={"size": size}, destroy=True)) == (True, 0, 0, 1)


def test_an_applied_plan_is_refused(folder: Path) -> None:
    made = plan(folder, variables={"size": "large"})
    apply(folder, made)
    with pytest.raises(Failed, match="stale"):
        apply(folder, made)


def test_a_plan_that_cannot_be_made_fails(folder: Path) -> None:
    (folder / "infra/main.tf").write_text("resource {")
    with pytest.raises(Failed, match="terraform init failed with exit code 1"):
        plan(folder, variables={"size": "large"})
