"""Hundreds of hostile values through every hand-over on every engine: each arrives byte for byte, none is executed.

The hand-overs: environment and items of loops (shell), arguments (Python), JSON, text and form bodies, query and
headers of requests, bound parameters and rows of SQL, inputs of sub-flows, the message of a failure.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from conformance.hostile import PWNED, VALUES
from engines.engine import Engine
from engines.world import Reply, World
from random_flows.judge import SETTINGS, WAYS
from wfc.pipeline import has_errors, load_texts
from wfc.record import replace

SIZE = 60
PARTS = [VALUES[start : start + SIZE] for start in range(0, len(VALUES), SIZE)]
HASHED = """python(\"\"\"
    import hashlib

    with open(s + "/" + name, "w") as file:
        file.write("".join(hashlib.sha256(v.encode()).hexdigest() + "\\n" for v in values))
  \"\"\", args: { s: scratch, name: "NAME", values: VALUES })"""
"""A task that writes the hash of each value into a file."""


def hashed(name: str, values: str) -> str:
    """`HASHED` with its parts."""
    return HASHED.replace("NAME", name).replace("VALUES", values)


CHILD = f"""
flow child {{
  input scratch: string
  input values: list<string>
  task own = {hashed("below", "values")}
}}
"""


def source(count: int, plain: list[int], child: bool) -> str:
    """The flow for so many values. plain: those that a header can carry. child: with a sub-flow."""
    numbers = range(count)
    env = ", ".join(f"V{n}: values[{n}]" for n in numbers)
    named = ", ".join(f"p{n}: values[{n}]" for n in numbers)
    headers = ", ".join(f'"X-P{n}": values[{n}]' for n in plain)
    rows = ", ".join(f"({n}, :p{n})" for n in numbers)
    text = f"""
flow hostile {{
  input values: list<string>
  input items: list<string>
  input url: string
  input scratch: string
  secret pg_url

  task env = shell(\"\"\"
    for n in $(seq 0 {count - 1}); do
      name="V$n"
      printf '%s' "${{!name}}" | sha256sum | cut -d ' ' -f 1 >> "$S/env"
    done
  \"\"\", env: {{ S: scratch, {env} }})
  task args = {hashed("args", "values")}
  task body = http.post(url: "{{url}}/json", json: {{ values: values, said: "<{{values[0]}}>" }})
  task form = http.post(url: "{{url}}/form", form: {{ {named} }})
  task query = http.get(url: "{{url}}/query", query: {{ {named} }})
  task head = http.get(url: "{{url}}/headers", headers: {{ {headers} }})

  task put = sql.execute(url: pg_url, sql: \"\"\"insert into h (n, v) values {rows}\"\"\", params: {{ {named} }})
  task get = sql.query(url: pg_url, sql: \"\"\"select n, v from h order by n\"\"\") -> list<{{ n: int, v: string }}>
  task rows = {hashed("rows", "[row.v for row in get]")}

  for value in items max 4 {{
    task item = shell(\"\"\"
      printf '%s' "$V" | sha256sum | cut -d ' ' -f 1 > "$(mktemp "$S/item.XXXXXX")"
    \"\"\", env: {{ S: scratch, V: value }})
    task raw = http.post(url: "{{url}}/text", body: value)
  }}

  {"task below = flow.run(child, inputs: { scratch: scratch, values: values })" if child else ""}
  try {{
    require len(values) == 0 else "not these: {{join(values, " | ")}}"
  }} recover {{
    task told = shell("true")
  }}
}}
"""
    return text + (CHILD if child else "")


def is_plain(value: str) -> bool:
    """Can a header carry it as it is? (RFC 9110, section 5.5; docs/semantics.md: printable ASCII, not empty.)"""
    return bool(value) and value.isascii() and value.isprintable() and value == value.strip() and len(value) < 500


def sha(value: str) -> str:
    """The SHA-256 of the UTF-8 of a text."""
    return hashlib.sha256(value.encode()).hexdigest()


@pytest.mark.parametrize("engine", list(WAYS), indirect=True)
@pytest.mark.parametrize("part", range(len(PARTS)))
def test_values_arrive(
    part: int, engine: Engine, request: pytest.FixtureRequest, tmp_path: Path, world: World, postgres: str
) -> None:
    way = WAYS[request.node.callspec.params["engine"]]
    values = [value.replace(PWNED, str(tmp_path / "pwned")) for value in PARTS[part]]
    if way.target.name == "kestra":
        # its renderer takes the tags out of what it has rendered where both stand in one line (docs/semantics.md)
        values = [value for value in values if "endraw" not in value]
    plain = [number for number, value in enumerate(values) if is_plain(value)]
    subprocess.run(["psql", "-Xqc", "create table h (n int, v text)", postgres], check=True)
    for path in ("json", "form", "query", "headers", "text"):
        world.script(f"/{path}", Reply(200, {}))

    loaded = load_texts([("f.wf", source(len(values), plain, child=way.target.name != "airflow"))])
    assert not has_errors(loaded.diagnostics), [found.message for found in loaded.diagnostics]
    project = replace(loaded.project, settings=SETTINGS)
    made = {flow.name: way.target.compile(project, flow, way.version) for flow in project.flows}
    assert all(result.artifacts for result in made.values()), [result.diagnostics for result in made.values()]
    files = {way.folder + artifact.path: artifact.text for result in made.values() for artifact in result.artifacts}
    # act's YAML library can't write a text that begins with a line feed; a matrix goes through it
    items = [value for value in values if way.target.name != "github" or value[:1] != "\n"][part :: len(PARTS)]
    inputs: dict[str, Any] = {"values": values, "items": items, "url": world.url, "scratch": str(tmp_path)}
    run = engine.run(
        files,
        "hostile",
        {name: way.given(value) for name, value in inputs.items()},
        secrets={"PG_URL": postgres} if way.target.name != "airflow" else {},
        env={"AIRFLOW_CONN_PG_URL": postgres} if way.target.name == "airflow" else {},
        timeout=300,
    )
    assert way.trace(run, made["hostile"]).state == "succeeded", run.summary() + run.log[-4000:]
    assert not (tmp_path / "pwned").exists()

    wanted = [sha(value) for value in values]
    for name in ("env", "args", "rows") if way.target.name == "airflow" else ("env", "args", "rows", "below"):
        assert differing(values, (tmp_path / name).read_text().split(), wanted) == [], name
    looped = Counter(path.read_text().strip() for path in tmp_path.glob("item.*"))
    assert looped == Counter(sha(value) for value in items)
    (body,) = world.requests("/json")
    assert body.json() == {"values": values, "said": f"<{values[0]}>"}
    (form,) = world.requests("/form")
    sent = dict(parse_qsl(form.body.decode(), keep_blank_values=True, strict_parsing=True))
    assert [sent[f"p{number}"] for number in range(len(values))] == values
    (query,) = world.requests("/query")
    asked = dict(query.query)
    assert [asked[f"p{number}"] for number in range(len(values))] == values
    (head,) = world.requests("/headers")
    assert [head.headers[f"x-p{number}"] for number in plain] == [values[number] for number in plain]
    assert Counter(one.body.decode() for one in world.requests("/text")) == Counter(items)


def differing(values: list[str], seen: list[str], wanted: list[str]) -> list[str]:
    """The values whose hash is not as it should be."""
    return [value for value, one, other in zip(values, seen, wanted, strict=True) if one != other]


def test_there_are_enough() -> None:
    assert len(VALUES) >= 200
