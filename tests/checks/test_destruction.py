"""Scripts with several calls that take away a whole thing, and `find -delete`."""

from __future__ import annotations

import pytest

from checks.finding import codes, findings, flow

PLAIN = "defaults { timeout 1m }"


def test_every_destruction_of_a_script_is_told() -> None:
    text = flow(
        'task a = shell("""\n    dropdb shop\n    ./tidy\n    kubectl delete ns prod\n    dropdb $D\n  """, '
        'env: { D: "books" })',
        PLAIN,
    )
    found = [text[item.span.start : item.span.end] for item in findings(text) if item.code == "WF416"]
    assert found == ["dropdb shop", "kubectl delete ns prod", "dropdb $D"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("find / -delete", True),
        ("find /var -type f -delete", True),
        ("find /etc -mindepth 1 -delete", True),
        ("find / -name '*.pyc' -delete", False),
        ("find /var -mtime +7 -delete", False),
        ("find /var -type d -delete", False),
        ("find /var/cache/app -delete", False),
        ("find build -delete", False),
        ("find / -type f", False),
    ],
)
def test_removals_by_find(script: str, expected: bool) -> None:
    assert ("WF412" in codes(flow(f'task a = shell("""\n    {script}\n  """)', PLAIN))) is expected
