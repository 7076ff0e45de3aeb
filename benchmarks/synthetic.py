"""A synthetic flow of N tasks (about 4 lines, 200 bytes a task): `synthetic.flow(1000)` is some 4,000 lines."""

from __future__ import annotations

HEAD = """\
flow {name} {{
  \"\"\"A synthetic flow.\"\"\"
  on schedule("0 6 * * *", timezone: "UTC")
  input day: date = run.date - 1d
  input hosts: list<string> = ["a", "b"]
  secret api_key
"""
FETCH = """\
  # task {i}
  task t_{i} = http.get(url: "https://api.example.com/v1/items/{{day}}?page={i}", headers: {{ "X-Page": "{i}" }})
    retry exponential(attempts: 3, first: 2s, max: 1m)
    timeout 5m
"""
BRANCH = """\
  if t_{before}.status == 200 and (t_{before}.status + {i}) * 2 > 7 or not (t_{before}.status in [1, 2]) {{
    task t_{i} = shell("echo $DAY", env: {{ DAY: "{{day}}" }}) effect safe "prints" no retry timeout 1m
  }} else {{
    let x_{i} = if t_{before}.status > 300 then "big" else "small"
  }}
"""
LOOP = """\
  for host in hosts max 4 {{
    task t_{i} = http.get(url: "https://{{host}}/deploy", query: {{ a: "1" }})
      retry fixed(attempts: 2, every: 5s)
      timeout 10m
  }}
"""
SCRIPT = """\
  task t_{i} = shell(\"\"\"
    set -e
    echo "rows=3" >> "$WFC_OUTPUT"
  \"\"\", env: {{ TOKEN: api_key }}) -> {{ rows: int }} effect safe "reads" no retry timeout 30m
"""
PARALLEL = """\
  parallel {{
    task t_{i} = http.get(url: "https://hook.example.com/{{day}}") no retry "a probe" timeout 1m
    task u_{i} = http.get(url: "https://hook.example.com/{i}") no retry "a probe" timeout 1m after t_{i}
  }}
"""
TAIL = """\
  on failure {
    task tell = http.get(url: "https://hook.example.com/failed") timeout 1m no retry "the run has failed already"
  }
}
"""
PIECES = (FETCH, FETCH, BRANCH, FETCH, LOOP, SCRIPT, FETCH, PARALLEL)


def flow(tasks: int, name: str = "synthetic") -> str:
    """A flow of about `tasks` tasks: calls, branches, loops, scripts, parallel blocks."""
    parts = [HEAD.format(name=name)]
    parts += [PIECES[i % len(PIECES)].format(i=i, before=i - 1) for i in range(tasks)]
    return "".join([*parts, TAIL])


FLOW_HEAD = """\
flow {name} {{
  \"\"\"A synthetic flow of every kind of task.\"\"\"
  on schedule("0 6 * * *", timezone: "UTC")
  input day: date = run.date - 1d
  input hosts: list<string> = ["a", "b"]
  secret api_key, db
"""
PUT = """\
  task t_{i} = http.put(url: "https://api.example.com/v1/{{day}}/{i}", json: {{ day: day }}, auth: bearer(api_key))
    idempotent by "items-{{day}}-{i}"
    retry exponential(attempts: 3, first: 2s, max: 1m)
    timeout 5m
"""
QUERY = """\
  task t_{i} = sql.query(url: db, sql: "select id from t_{i} where day = :day", params: {{ day: day }}) -> {{ id: int }}
    retry exponential(attempts: 3, first: 2s, max: 1m)
    timeout 5m
"""
STORE = """\
  task t_{i} = sql.execute(url: db, sql: "delete from totals_{i} where day = :day", params: {{ day: day }})
    retry exponential(attempts: 3, first: 2s, max: 1m)
    timeout 5m
"""
ASK = """\
  task t_{i} = llm.classify(prompt: "Is text {i} friendly?", data: {{ text: "some text {i}" }}) -> "yes" | "no"
    retry exponential(attempts: 3, first: 2s, max: 1m)
    timeout 2m
"""
MOVE = """\
  task t_{i} = shell(\"\"\"
    set -euo pipefail
    mkdir -p "out/{i}"
    sort -u "in/{i}.csv" > "out/{i}/sorted.csv"
    cp "out/{i}/sorted.csv" "done/{i}.csv"
  \"\"\", env: {{ DAY: "{{day}}" }}) no retry timeout 10m
"""
KINDS = (FETCH, BRANCH.replace("t_{before}", "t_{fetched}"), LOOP, QUERY, SCRIPT, ASK, PARALLEL, PUT, MOVE, STORE)


def kinds(tasks: int, name: str = "synthetic") -> str:
    """A flow of about `tasks` tasks of every kind: also SQL, models, keys and scripts with commands."""
    parts = [FLOW_HEAD.format(name=name)]
    parts += [KINDS[i % len(KINDS)].format(i=i, fetched=i - i % len(KINDS)) for i in range(tasks)]
    return "".join([*parts, TAIL])
