"""The catalog as a whole: its table is current, its definitions are complete and resolve, its search finds."""

from __future__ import annotations

import marshal
import re
from pathlib import Path

import pytest

from wfc import catalog as catalog_module
from wfc.build_catalog import build
from wfc.catalog import FOLDER, PREFIX, TABLE, load, source
from wfc.pipeline import load_texts
from wfc.resolve.report import Report
from wfc.resolve.signatures import Signature, Signatures
from wfc.types import RecordType, assignable

CATALOG = load()
ENTRIES = CATALOG.entries
ACTIONS, TRIGGERS = CATALOG.names("action"), CATALOG.names("trigger")
LIBRARY = [name for name in ACTIONS if ENTRIES[name].path != f"{PREFIX}kernel.wf"]
HERE = Path(__file__).parent


def signature(name: str) -> Signature:
    """The signature of a definition."""
    found = Signatures(CATALOG, Report(), {}).get(name)
    assert found is not None
    return found


def test_table_is_current() -> None:
    assert Path(TABLE).read_bytes() == build(Path(FOLDER)), "run `python -m wfc.build_catalog`"


def test_table_needs_only_what_every_python_can_read() -> None:
    assert all(isinstance(row, tuple) and len(row) == 8 for row in marshal.loads(Path(TABLE).read_bytes()))


def test_definitions_stand_where_they_say() -> None:
    for name in (*ACTIONS, *TRIGGERS):
        found = CATALOG.definition(name)
        assert found is not None
        path, text, offset, kind = found
        file = source(path)
        assert file is not None
        assert file[offset : offset + len(text)] == text
        assert text.startswith(f"{kind} {name}(")
    assert CATALOG.definition("slack.shout") is None


@pytest.mark.parametrize("path", ["slack.wf", "wfc:../ir.py", "wfc:nothing.wf", "wfc:search.py"])
def test_source_gives_files_of_the_catalog_only(path: str) -> None:
    assert source(path) is None


@pytest.mark.parametrize("name", [*LIBRARY, *(name for name in TRIGGERS if "." in name)])
def test_definition_is_complete(name: str) -> None:
    found = signature(name)
    assert re.match(r"[A-Z].*[.…)]$", found.doc.partition("\n")[0])
    assert str(found.settings["source"]).startswith("https://")
    assert set(found.settings) <= {"source", "synonyms", "needs", "transient"}
    if found.kind == "action":
        assert "\n  effect " in ENTRIES[name].text
        assert found.run is not None


@pytest.mark.parametrize("name", LIBRARY)
def test_body_resolves_with_every_parameter_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # errors in the body of an action are kept from its callers, so they are listened to here
    heard: list[object] = []
    quiet = Report.error

    def loud(self: Report, code: str, message: str, *rest: object, **more: object) -> None:
        heard.append((code, message))
        quiet(self, code, message, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Report, "error", loud)
    params = signature(name).params
    given = {param.name: f"value_{at}" for at, param in enumerate(params)}
    lines = []
    for param in params:
        if str(param.type) == "secret":
            lines.append(f"secret {given[param.name]}")
        elif str(param.type) == "map<secret>":
            given[param.name] = "{}"
        else:
            lines.append(f"input {given[param.name]}: {param.type}")
    written = ", ".join(f"{key}: {value}" for key, value in given.items())
    loaded = load_texts([("t.wf", "flow t {\n" + "\n".join(lines) + f"\ntask it = {name}({written})\n}}\n")])
    assert (loaded.diagnostics, heard) == ((), [])


@pytest.mark.parametrize("name", LIBRARY)
def test_action_is_run_by_a_test(name: str) -> None:
    group, _, short = name.partition(".")
    tests = "".join(file.read_text() for file in sorted(HERE.glob("*.py")) if file.name != "test_catalog.py")
    by_helper = {"github": "github", "k8s": "k8s", "docker": "docker", "s3": "s3", "dbt": "dbt"}.get(group)
    assert f'"{name}"' in tests or (by_helper and re.search(rf'\b{by_helper}\(\s*"{short}"', tests))


@pytest.mark.parametrize("name", TRIGGERS)
def test_trigger_can_be_used(name: str) -> None:
    required = {param.name: str(param.type) for param in signature(name).params if param.default is None}
    values = {"string": '"0 2 * * *"', "name": "other", "list<string>": '["ci"]'}
    given = ", ".join(f"{key}: {values[kind]}" for key, kind in required.items())
    flows = (
        f'flow other {{ task a = shell("true") }}\nflow t {{ on {name}({given}) as event task a = shell("true") }}\n'
    )
    assert load_texts([("t.wf", flows)]).diagnostics == ()


def test_payloads_of_repository_events_name_the_repository() -> None:
    for name in TRIGGERS:
        payload = signature(name).result
        assert isinstance(payload, RecordType)
        if name.startswith("github."):
            repository = payload.field("repository")
            assert repository is not None
            assert assignable(repository, RecordType((("full_name", signature("file.read").result),)))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("send an email", "email.send"),
        ("tell the team in chat", "slack.post"),
        ("restart the pods", "k8s.restart"),
        ("roll back a deployment", "k8s.rollout_undo"),
        ("back up a postgres database", "postgres.dump"),
        ("page who is on call", "pagerduty.trigger"),
        ("close a todo", "todoist.close"),
        ("open a bug", "github.create_issue"),
        ("changelog between two tags", "github.compare"),
        ("upload a file to a bucket", "s3.put"),
        ("delete old backups", "s3.delete_older"),
        ("error rate of the canary", "prometheus.value"),
        ("refund a customer", "stripe.refund"),
        ("build a container image", "docker.build"),
        ("preview infrastructure changes", "terraform.plan"),
        ("answer a support ticket", "zendesk.reply"),
        ("insert or update rows", "postgres.upsert"),
        ("data quality tests", "dbt.test"),
        ("clone repository", "git.checkout"),
    ],
)
def test_search_finds_among_the_first_three(query: str, wanted: str) -> None:
    assert wanted in [hit.name for hit in CATALOG.search(query)[:3]]


def test_search_is_bounded_ordered_and_honest() -> None:
    hits = CATALOG.search("issue", limit=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert CATALOG.search("zebra crossing of the antarctic") == []
    assert CATALOG.search("") == []
    assert [hit.name for hit in CATALOG.search("nightly", kind="trigger")] == ["schedule"]


def test_a_project_adds_its_own_and_may_not_take_a_name() -> None:
    text = 'action acme.ship(id: string) { """Ships.""" effect safe run shell("true") }\n'
    catalog, problems = CATALOG.with_file("acme.wf", text)
    assert problems == ()
    assert catalog.definition("acme.ship") == ("acme.wf", text.strip(), 0, "action")
    assert CATALOG.definition("acme.ship") is None
    assert catalog.search("ships")[0].name == "acme.ship"
    _, again = catalog.with_file("b.wf", text)
    assert [(found.code, found.span.source, found.labels[0].span.source) for found in again] == [
        ("WF103", "b.wf", "acme.wf")
    ]
    _, taken = CATALOG.with_file("c.wf", 'action slack.post() { run shell("true") }\ntrigger sleep() { }\n')
    assert [found.message for found in taken] == [
        "the action `slack.post` is part of wfc already",
        "the action `sleep` is part of wfc already",
    ]
    broken = CATALOG.with_file("d.wf", "action {")[1]
    assert "WF001" in [found.code for found in broken]


def test_load_reads_the_table_once() -> None:
    assert catalog_module.load() is CATALOG


def test_secrets_are_typed_as_secrets() -> None:
    named = re.compile(r"token|password|^secret|kubeconfig|routing_key")
    for name in LIBRARY:
        kinds = {param.name: str(param.type) for param in signature(name).params}
        open_secrets = [key for key, kind in kinds.items() if named.search(key) and "secret" not in kind]
        assert open_secrets == [], name
        if name.startswith(("canny.", "stripe.")):
            assert kinds["key"] == "secret"
