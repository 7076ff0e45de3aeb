"""Constants that are secrets stand in no form of the findings; places and fingerprints stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import wfc, write
from wfc.commands.check import FORMATS

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
PASSWORD = "s3cr3tpw77"
FLOW = f"""flow f {{
  defaults {{ timeout 1m }}
  task a = shell("./a", env: {{ T: "{TOKEN}" }})
  task b = http.get(url: "https://a.example.com", headers: {{ Authorization: "Bearer {PASSWORD}" }})
  task c = shell(\"\"\"
    ./first
    PGPASSWORD={PASSWORD} psql -c 'insert into t values (1)'
  \"\"\") retry fixed(attempts: 3, every: 5s)
}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("f.wf", FLOW)


@pytest.mark.parametrize("form", FORMATS)
def test_no_form_shows_a_secret(form: str) -> None:
    done = wfc("check", "--format", form, "f.wf")
    assert done.code == 1
    assert done.out.count("WF603") >= 3
    assert TOKEN not in done.out + done.err
    assert PASSWORD not in done.out + done.err


@pytest.mark.parametrize("form", ["llm", "pretty"])
def test_what_stands_around_it_is_shown(form: str) -> None:
    out = wfc("check", "--format", form, "f.wf").out
    assert f'env: {{ T: "{"*" * len(TOKEN)}" }}' in out
    assert f"PGPASSWORD={'*' * len(PASSWORD)} psql" in out


def test_places_stay() -> None:
    found = json.loads(wfc("check", "--format", "json", "f.wf").out)["diagnostics"]
    texts = [FLOW[one["start"]["offset"] : one["end"]["offset"]] for one in found if one["code"] == "WF603"]
    assert texts == [
        f'"{TOKEN}"',
        f'"Bearer {PASSWORD}"',
        f"PGPASSWORD={PASSWORD} psql -c 'insert into t values (1)'",
    ]


def test_all_of_a_private_key() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n    MIIEvQIBADANBgkqhk\n    -----END PRIVATE KEY-----"
    write("k.wf", f'flow k {{ task a = shell("./a", env: {{ K: """\n    {key}\n  """ }}) timeout 1m }}\n')
    done = wfc("check", "--format", "llm", "k.wf")
    assert "WF603" in done.out
    assert "MIIEvQ" not in done.out


def test_another_secret_is_another_finding() -> None:
    wfc("check", "--write-baseline", "known.json", "f.wf")
    write("f.wf", FLOW.replace(PASSWORD, "0th3rpw99"))
    assert "WF603" in wfc("check", "--baseline", "known.json", "f.wf").out


def test_a_flow_without_secrets_is_shown_as_it_is() -> None:
    write("g.wf", 'flow g { task a = shell("curl -u me:$PW https://a.example.com") timeout 1m output x: int = "y" }\n')
    assert "curl -u me:$PW" in wfc("check", "g.wf").out
