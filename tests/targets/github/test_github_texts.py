"""The text of single flows: what stands in the workflow for a construct."""

from __future__ import annotations

from typing import Any

import yaml

from wfc.pipeline import has_errors, load_texts
from wfc.target import Compiled
from wfc_targets.github import TARGET


def compiled(source: str, flow: str = "") -> Compiled:
    """The named flow of a source, else its last one, compiled."""
    loaded = load_texts([("one.wf", source)])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    wanted = next((item for item in loaded.project.flows if item.name == flow), loaded.project.flows[-1])
    return TARGET.compile(loaded.project, wanted, TARGET.versions[0])


def steps(source: str) -> dict[str, dict[str, Any]]:
    """The steps of all jobs of the last flow of a source, by id."""
    (artifact,) = compiled(source).artifacts
    jobs = yaml.safe_load(artifact.text)["jobs"].values()
    return {step["id"]: step for job in jobs for step in job.get("steps", ()) if "id" in step}


def test_a_script_is_told_where_its_result_goes_though_it_does_not_say_the_word() -> None:
    found = steps("""flow f {
  task a = shell("./load") -> { rows: int }
  task b = shell("./done", env: { N: a.rows })
}
""")
    assert found["a"]["run"].startswith("export WFC_OUTPUT=$GITHUB_OUTPUT\n./load\n")
    assert found["b"]["run"] == "./done\n"


def test_a_script_is_given_its_idempotency_key_though_it_does_not_say_the_word() -> None:
    found = steps("""flow f {
  input n: int
  task a = shell("./load") idempotent
  task b = shell("./load") idempotent by "order-{n}"
  task c = shell("./load")
}
""")
    assert found["a"]["env"] == {"WFC_IDEMPOTENCY_KEY": "${{ github.run_id }}-a"}
    assert found["b"]["env"] == {"WFC_IDEMPOTENCY_KEY": "order-${{ inputs.n }}"}
    assert "env" not in found["c"]
