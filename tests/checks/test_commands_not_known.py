"""The command that is not understood is named, with the line of wfc.toml that would say what it does."""

from __future__ import annotations

import pytest

from checks.finding import NAME as FILE
from checks.finding import findings, flow

DAILY = 'on schedule("0 5 * * *", timezone: "UTC") defaults { timeout 5m }'
PLAIN = "defaults { timeout 5m }"
RETRY = "retry fixed(attempts: 3, every: 5s)"

SCRIPTS = [
    ("./load.sh", "./load.sh", '"./load.sh" = "safe"'),
    ("mkdir -p out\n    load-rows --all\n    ./other", "load-rows --all", 'load-rows = "safe"'),
    ("sudo -u etl acme sync", "sudo -u etl acme sync", 'acme = "safe"'),
    ("X=1 acme sync", "X=1 acme sync", 'acme = "safe"'),
    ("bash load.sh", "bash load.sh", 'bash = { "load.sh" = "safe" }'),
    ("kubectl exec web", "kubectl exec web", 'kubectl = { "exec" = "safe" }'),
    # no name that would say it of this call only
    ('"$TOOL" sync', '"$TOOL" sync', ""),
    ("ssh app1 ./load", "ssh app1 ./load", ""),
]


@pytest.mark.parametrize(("head", "clause", "code"), [(DAILY, "", "WF401"), (PLAIN, RETRY, "WF303")])
@pytest.mark.parametrize(("script", "command", "line"), SCRIPTS)
def test_the_command_and_the_setting(head: str, clause: str, code: str, script: str, command: str, line: str) -> None:
    text = flow(f'task a = shell("""\n    {script}\n  """) {clause}', head)
    (found,) = [item for item in findings(text, FILE, "WF401") if item.code == code]
    labels = {text[label.span.start : label.span.end]: label.text for label in found.labels}
    assert labels[command] == f"`{command}` is not understood"
    if line:
        assert f"below `[check.commands]` in wfc.toml: `{line}`" in found.help
    else:
        assert "wfc.toml" not in found.help


@pytest.mark.parametrize("line", [line for _, _, line in SCRIPTS if line])
def test_the_setting_does_what_it_says(line: str) -> None:
    import tomllib

    from wfc.embedded.shell import classify

    known = tomllib.loads(line)
    forms = {name: value if isinstance(value, dict) else {"": value} for name, value in known.items()}
    script = next(script for script, _, told in SCRIPTS if told == line).split("\n")
    assert classify("\n".join(script[:2]), forms).kind == "safe"


def test_sql_has_no_command() -> None:
    text = flow('secret k task a = sql.execute(url: k, sql: "call load()") ' + RETRY, PLAIN)
    (found,) = [item for item in findings(text) if item.code == "WF303"]
    assert "wfc.toml" not in found.help


@pytest.mark.parametrize(
    ("script", "work"),
    [
        (
            "aws sqs send-message --queue-url q --message-body b",
            "`aws sqs send-message --queue-url q --message-body b`",
        ),
        ("./prepare\n    aws sns publish --message m", "`aws sns publish --message m`"),
    ],
)
def test_what_nobody_is_told_of(script: str, work: str) -> None:
    text = flow(f'task a = shell("""\n    {script}\n  """)\n  task b = shell("ls")', "defaults { timeout 5m }")
    (found,) = [item for item in findings(text) if item.code == "WF501"]
    assert f"nobody is told that {work} was done" in found.message
