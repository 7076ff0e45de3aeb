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


def test_a_fallback_without_a_result_is_a_step_that_does_nothing() -> None:
    found = steps("""flow f {
  task a = shell("./load") fallback value {}
  task b = shell("./done")
}
""")
    assert found["a_fallback"]["run"] == "true\n"
    assert found["a_fallback"]["if"] == "${{ steps.a.outcome != 'success' }}"


def test_a_call_grants_and_hands_on_what_all_the_flows_below_need() -> None:
    result = compiled(
        """flow leaf {
  secret leaf_token
  target github { permissions: ["issues: write"] }
  task a = shell("./a", env: { T: leaf_token })
}
flow child {
  secret child_token
  target github { checkout: true, permissions: ["issues: read"] }
  task a = shell("./a", env: { T: child_token })
  task b = flow.run(leaf)
}
flow f { task c = flow.run(child) }
""",
        "f",
    )
    (artifact,) = result.artifacts
    job = yaml.safe_load(artifact.text)["jobs"]["c"]
    assert job["permissions"] == {"issues": "write", "contents": "read"}
    assert sorted(job["secrets"]) == ["CHILD_TOKEN", "LEAF_TOKEN"]


def test_no_secret_stands_among_the_arguments_of_curl() -> None:
    found = steps("""flow f {
  secret token, user, password, own
  task a = http.get(url: "https://api.example.com/a", auth: bearer(token))
  task b = http.get(url: "https://api.example.com/b", auth: basic(user, password))
  task c = http.get(url: "https://api.example.com/c", headers: { "X-Key": own })
}
""")
    assert "-H @<(printf '%s\\n' \"Authorization: Bearer $TOKEN\")" in found["a"]["run"]
    assert "-H @<(printf '%s\\n' \"Authorization: Basic $(printf %s" in found["b"]["run"]
    assert "-H @<(printf '%s\\n' \"X-Key: $X_KEY\")" in found["c"]["run"]
