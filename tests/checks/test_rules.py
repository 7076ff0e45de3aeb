"""Edges of single checks, on both sides: what has to be found, and what must not be."""

from __future__ import annotations

import pytest

from checks.finding import HEAD, applied, codes, findings, flow
from wfc.check import run_checks
from wfc.checks.python_taint import runs_in_python, shows_python
from wfc.checks.scripts import prints_shell, runs_in_shell
from wfc.checks.worst_case import Runs, worst_case
from wfc.pipeline import load_texts
from wfc.settings import Settings

URL = "https://a.example/x"
PUT = f'http.put(url: "{URL}")'
POST = f'http.post(url: "{URL}")'
BARE = "input n: int = 0"
ONCE = 'timeout 1m no retry "no"'
URLS = [
    "http://a",
    "https://a.example:8443/x?y=1#z",
    "https://a.example/{n}",
    "https://{n}.example/",
    "https://[::1]:80/x",
    "{base}/x",
]
NO_URLS = ["", "a.example", "ftp://a.example/x", "https://", "https:///x", "https://a b/", "http:/a"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # retries
        (f"task a = {PUT} timeout 1m", ["WF301"]),
        (f'task a = {PUT} timeout 1m no retry "once is enough"', []),
        (f"task a = {PUT} timeout 1m no retry", ["WF301"]),
        (f"workspace w {{ task a = {PUT} timeout 1m }}", []),
        (f"task a = {POST} timeout 1m", []),
        (f"task a = {POST} timeout 1m idempotent", ["WF301"]),
        (f"task a = {POST} timeout 1m retry fixed(attempts: 1, every: 1s)", ["WF207"]),
        (f"task a = {PUT} timeout 1m retry fixed(attempts: 1, every: 0s)", ["WF207"]),
        ('task a = shell("x") timeout 1m retry exponential(attempts: 1, first: 1s)', ["WF207"]),
        (f"task a = {POST} timeout 1m retry fixed(attempts: 2, every: 1s)", ["WF303"]),
        (f'task a = {POST} timeout 1m retry fixed(attempts: 2, every: 1s) effect safe "a search"', []),
        (f"task a = {POST} timeout 1m fallback {POST} {{ retry fixed(attempts: 2, every: 1s) }}", ["WF303"]),
        (f"task a = {POST} timeout 1m until a.status == 200 every 5s within 1m", ["WF303"]),
        (f"task a = {POST} timeout 1m holds a.status == 200 every 5s for 1m", ["WF303"]),
        (f'task a = {PUT} timeout 1m no retry "no" undo {PUT}', []),
        (f"task a = {POST} timeout 1m undo {PUT}", ["WF301"]),
        (f"task a = {PUT} timeout 1m retry fixed(attempts: 2, every: 0s)", ["WF207"]),
        (f"task a = {PUT} timeout 1m retry fixed(attempts: 20, every: 1s)", []),
        (f"task a = {PUT} timeout 1m retry fixed(attempts: 21, every: 1s)", ["WF305"]),
        (f"task a = {PUT} timeout 1m retry exponential(attempts: 1000000000, first: 1s)", ["WF305"]),
        (f"task a = {PUT} timeout 1m retry exponential(attempts: 7, first: 10s)", ["WF305"]),
        (f"task a = {PUT} timeout 1m retry exponential(attempts: 6, first: 10s)", []),
        ('task a = k8s.get_image(deployment: "web") timeout 1m', ["WF301"]),
        # timeouts
        ('task a = shell("x")', ["WF302"]),
        ('task a = python("return 1") -> int', ["WF302"]),
        ("task a = sleep(5m)", []),
        # undo
        (f'task a = {PUT} timeout 1m no retry "no" undo {POST}', ["WF503"]),
        (f'task a = {PUT} timeout 1m no retry "no" undo {POST} {{ idempotent by run.id }}', []),
        ('task a = shell("x") timeout 1m undo shell("y")', []),
        # failure path
        (f"task a = {POST} timeout 1m\n  task b = shell(\"x\") timeout 1m", ["WF501"]),
        (f"task b = shell(\"x\") timeout 1m\n  task a = {POST} timeout 1m", []),
        (f"for i in [1, 2] {{ task a = {POST} timeout 1m }}", ["WF501"]),
        (f"try {{ task a = {POST} timeout 1m task b = shell(\"x\") timeout 1m }} recover {{ fail \"no\" }}", []),
        (f"if n > 0 {{ task a = {POST} timeout 1m }} else {{ task b = shell(\"x\") timeout 1m }}", []),
        (f"task a = {POST} timeout 1m undo {POST} {{ idempotent by run.id }}\n  task b = sleep(5m)", ["WF301"]),
        # keys
        (f"task a = {PUT} {ONCE} idempotent by \"{{n}}\"", []),
        (f"for i in [1, 2] {{ task a = {PUT} {ONCE} idempotent by \"{{i}}\" }}", ["WF404"]),
        (f"for i in [n] {{ task a = {PUT} {ONCE} idempotent by \"{{i}}\" }}", []),
        (f"for i in [n] {{ task a = {PUT} {ONCE} idempotent }}", []),
        (f"for i in [n] {{ for j in [i] {{ task a = {PUT} {ONCE} idempotent by \"{{j}}\" }} }}", []),
        (f"for i in [n] {{ for j in [1] {{ task a = {PUT} {ONCE} idempotent by \"{{i}}\" }} }}", ["WF405"]),
        (
            "for i in [n] {\n"
            '    task id = shell("x", env: { I: "{i}" }) -> { id: string } timeout 1m\n'
            f'    task a = {PUT} timeout 1m no retry "no" idempotent by id.id\n  }}',
            [],
        ),
    ],
)  # fmt: skip
def test_edges(body: str, expected: list[str]) -> None:
    text = flow(body, BARE)
    found = [code for code in codes(text) if code != "WF206"]
    assert found == expected


@pytest.mark.parametrize("url", URLS)
def test_good_urls(url: str) -> None:
    text = flow(f'input n: int config base: string task a = http.put(url: "{url}")')
    assert [code for code in codes(text) if code != "WF206"] == []


@pytest.mark.parametrize("url", NO_URLS)
def test_bad_urls(url: str) -> None:
    assert codes(flow(f'task a = http.put(url: "{url}")')) == ["WF207"]


@pytest.mark.parametrize("action", ["shell", "python"])
def test_names_are_no_patterns(action: str) -> None:
    given = {"shell": "env", "python": "args"}[action]
    text = f'flow f {{ secret t task a = {action}("x", {given}: {{ "*": t, "(": "a{{t}}" }}) timeout 1m }}'
    assert set(codes(text)) <= {"WF202", "WF953"}


def test_what_stands_in_the_catalog_is_reported_at_the_call() -> None:
    text = flow('secret t let where = "todoist.example" task a = todoist.close(token: t, id: "1", api: where)')
    (found,) = findings(text)
    assert (found.code, found.span.source) == ("WF207", "flow.wf")
    assert text[found.span.start : found.span.end].startswith("todoist.close(")


def test_one_finding_for_all_that_lack_a_clause() -> None:
    body = "\n  ".join(f'task t{n} = shell("x")' for n in range(9))
    text = flow(body, BARE)
    found = next(item for item in findings(text) if item.code == "WF302")
    assert found.message == "`t0`, `t1` and 7 others may hang for ever: nothing bounds them"
    assert len(found.labels) == 6
    assert "WF302" not in codes(applied(text, found.fixes[0]))


def test_a_reason_covers_its_own_task_alone() -> None:
    body = 'task a = shell("x") allow WF302 "it ends"\n  task b = shell("x")\n  task c = shell("x")'
    (found,) = (item for item in findings(flow(body, "")))
    assert found.message == "`b` and `c` may hang for ever: nothing bounds them"


def test_a_policy_that_many_inherit_is_judged_once() -> None:
    head = "defaults { timeout 1m retry exponential(attempts: 30, first: 1s) }"
    assert codes(flow(f"task a = {PUT} task b = {PUT}", head)) == ["WF305"]


def test_a_policy_of_the_settings_gets_no_fix() -> None:
    """Its words are at hand, but not their place in wfc.toml."""
    settings = Settings(defaults="retry exponential(attempts: 12, first: 2s) timeout 1m")
    project = load_texts([("f.wf", flow(f"task a = {PUT}", BARE))], settings).project
    (found,) = run_checks(project, selected=["WF305"])
    assert found.span.source == "wfc.toml"
    assert found.fixes == ()


def test_a_budget_of_time_bounds_everything() -> None:
    head = "budget { time 1h }"
    body = f'task a = shell("x") approve go = "Go?" task b = {PUT} no retry "no" until b.status == 200 every 5s'
    assert codes(flow(body, head)) == []


def test_secret_named_by_a_trigger_is_used() -> None:
    text = 'flow f { on webhook(path: "/x", secret: "key") secret key, other task a = shell("x") timeout 1m }'
    (found,) = findings(text)
    assert (found.code, found.message) == ("WF206", "the secret `other` is never read")


def test_message_never_holds_the_secret() -> None:
    token = "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyz"
    (found,) = findings(flow(f'task a = http.put(url: "{URL}", headers: {{ "X-Token": "{token}" }})'))
    assert found.code == "WF603"
    assert token not in repr(found.message) + found.why + found.help


@pytest.mark.parametrize("value", ["", "application/json", "Bearer {t}", "sk-short", "postgres://$USER:$PASS@host/db"])
def test_what_is_no_secret(value: str) -> None:
    text = flow(f'secret t task a = http.put(url: "{URL}", auth: bearer(t), headers: {{ "X-A": "{value}" }})')
    assert codes(text) == []


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("echo $T", [("T", "prints")]),
        ('echo "token: ${T}"', [("T", "prints")]),
        ('x=1; echo "$T" >&2', [("T", "prints")]),
        ("if true; then echo $T; fi", [("T", "prints")]),
        ("echo \\\n  $T", [("T", "prints")]),
        ('printf "%s" "$T" | login', []),
        ('echo "$T" > key', []),
        ('printf %s "$T" >> "$GITHUB_ENV"', []),
        ('echo "k=$T" >> "$WFC_OUTPUT"', []),
        ('echo "out=$T" >> "$WFC_OUTPUT"', [("T", "prints")]),
        ("echo $TT", []),
        ("# echo $T", []),
        ('curl -H "Authorization: Bearer $T" https://a', []),
        ("set -x\ncurl $T", [("T", "traces every command (`set -x`), and so shows")]),
        ("set -euxo pipefail", [("T", "traces every command (`set -x`), and so shows")]),
        ("set -euo pipefail", []),
        ("env", [("T", "prints its environment, and so")]),
        ("env A=1 ./run", []),
        ('y=$(echo "$T" | base64)', []),
    ],
)
def test_what_a_script_shows(script: str, shown: list[tuple[str, str]]) -> None:
    assert [(name, how) for name, how, _ in prints_shell(script, ["T"], {"out"})] == shown


@pytest.mark.parametrize(
    ("script", "how"),
    [
        ('eval "$V"', "`eval`"),
        ("eval run $V", "`eval`"),
        ('bash -c "run $V"', "`sh -c`"),
        ("sh -ec $V", "`sh -c`"),
        ('bash -c \'run "$1"\' _ "$V"', ""),
        ('bash run.sh "$V"', ""),
        ('python3 -c "print($V)"', "an interpreter's `-c` or `-e`"),
        ('python3 tool.py -c "$V"', ""),
        ('psql "$DB" -c "select * from t where x = \'$V\'"', "SQL"),
        ('psql "$DB" -v v="$V" -f query.sql', ""),
        ("psql \"$DB\" <<SQL\nselect '$V'\nSQL\n", "SQL"),
        ("psql \"$DB\" <<'SQL'\nselect '$V'\nSQL\n", ""),
        ('cat <<TXT\n$V\nTXT\npsql "$DB" -f x', ""),
        ('echo "$V" | sh', "a shell's input"),
        ('printf "%s" "$V" | sudo bash -s', "a shell's input"),
        ('echo "$V" | sh run.sh', ""),
        ('echo "$V" | ssh-add -', ""),
        ('bash <<< "$V"', "a shell's input"),
        ('bash run.sh <<< "$V"', ""),
        ('source "$V"', "`source`"),
        ('. "$V"', "`source`"),
        ('source ./env; run "$V"', ""),
        ('ssh -i key web1 "systemctl restart $V"', "`ssh`"),
        ('ssh "deploy@$V" uptime', ""),
        ('ssh -p 22 "$V" uptime', ""),
        ('ssh web1 uptime; run "$V"', ""),
        ('run --name "$V"', ""),
        ("evaluate $V", ""),
    ],
)
def test_what_a_script_runs(script: str, how: str) -> None:
    assert list(runs_in_shell(script, ["V"])) == ([("V", how)] if how else [])


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("return eval(v)", "`eval` or `exec`"),
        ("exec('x = ' + v)", "`eval` or `exec`"),
        ("os.system('ls ' + v)", "a shell"),
        ("subprocess.run(f'ls {v}', shell=True)", "a shell"),
        ("subprocess.run(['ls', v])", ""),
        ('cursor.execute(f"select {v}")', "SQL"),
        ("cursor.execute('select %s', [v])", ""),
        ("cursor.execute('select ' + v)", "SQL"),
        ("cursor.execute('select %s' % v)", "SQL"),
        ("q = 'select {}'.format(v)\ncursor.execute(q)", "SQL"),
        ("cursor.execute(v)", "SQL"),
        ("executor.execute(v)", ""),
        ("marks = ','.join(['?'] * len(v))\ncursor.execute(f'select ({marks})', v)", ""),
        ("cursor.execute(sql.SQL('drop {}').format(sql.Identifier(v)))", ""),
        ("session.execute(select(T).where(T.x == v))", ""),
        ("from os import system\nsystem(v)", "a shell"),
        ("import subprocess as sp\nsp.run(v, shell=True)", "a shell"),
        ("subprocess.run(\n  v,\n  shell=True,\n)", "a shell"),
        ("c = 'ls ' + v\nos.system(c)", "a shell"),
        ("for one in v:\n  os.system(one)", "a shell"),
        ("subprocess.run(['bash', '-c', v])", "a shell"),
        ("subprocess.run(['bash', 'x.sh', v])", ""),
        ("subprocess.run(['bash', '-c', 'echo \"$1\"', '_', v])", ""),
        ("os.system('ls ' + shlex.quote(v))", ""),
        ("os.system('sleep ' + str(int(v)))", ""),
        ("if v not in ('a', 'b'):\n  raise ValueError(v)\nos.system(v)", ""),
        ("assert re.fullmatch('[a-z]+', v)\nos.system(v)", ""),
        ("if not v:\n  raise ValueError\nos.system(v)", "a shell"),
        ("if v == '':\n  return None\nos.system(v)", "a shell"),
        ("if v == 'ping':\n  return 1\nos.system(v)", "a shell"),  # what goes on is all the rest
        ("if v in KNOWN:\n  os.system(v)", ""),
        ("if v in KNOWN:\n  pass\nelse:\n  os.system(v)", "a shell"),
        ("if v not in KNOWN:\n  os.system(v)", "a shell"),
        ("if not (v in KNOWN):\n  raise ValueError(v)\nos.system(v)", ""),
        ("if v in KNOWN or force:\n  os.system(v)", "a shell"),
        ("if v in KNOWN and force:\n  os.system(v)", ""),
        ("if v not in KNOWN or force:\n  raise ValueError(v)\nos.system(v)", ""),
        ("if v not in KNOWN and strict:\n  raise ValueError(v)\nos.system(v)", "a shell"),
        ("os.system(v)\nassert v in KNOWN", "a shell"),  # too late
        ("if debug:\n  assert v in KNOWN\nos.system(v)", "a shell"),  # not always
        ("for one in v:\n  if one not in KNOWN:\n    continue\n  os.system(one)", ""),
        ("assert v.startswith('echo')\nos.system(v)", "a shell"),
        ("assert re.match('[a-z]+', v)\nos.system(v)", "a shell"),  # 'a; rm -rf ~'
        ("assert v == v.strip()\nos.system(v)", "a shell"),
        ("import pickle\nreturn pickle.loads(v)", "`pickle.loads`"),
        ("return json.loads(v)", ""),
        ("# os.system(v)\nreturn 1", ""),
        ("return 'os.system(v)'", ""),
        ("os.system(v", ""),
        ("model.eval(v)", ""),
        ("return value", ""),
    ],
)
def test_what_python_runs(body: str, how: str) -> None:
    assert list(runs_in_python(body, ["v"])) == ([("v", how)] if how else [])


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("print(t)", "prints"),
        ("print(f'{t}')", "prints"),
        ("print('token: ' + t)", "prints"),
        ("logging.info('x %s', t)", "prints"),
        ("import sys\nsys.stderr.write(t)", "prints"),
        ("u = f'https://x:{t}@a'\nprint(u)", "prints"),
        ("raise ValueError(f'bad {t}')", "puts into an error"),
        ("return t", "gives back"),
        ("return {'header': 'Bearer ' + t}", "gives back"),
        ("print('t')", ""),
        ("print(len(t))", ""),
        ("print(t == '')", ""),
        ("login(t)", ""),
        ("answer = login(t)\nprint(answer)\nreturn answer", ""),
        ("return hashlib.sha256(t.encode()).hexdigest()", ""),
        ("raise ValueError('no t')", ""),
    ],
)
def test_what_python_shows(body: str, how: str) -> None:
    assert shows_python(body, ["t"]) == ([("t", how)] if how else [])


@pytest.mark.parametrize(
    ("body", "minutes"),
    [
        ('task a = shell("x") timeout 3m', 3),
        ('task a = shell("x") timeout 3m retry fixed(attempts: 3, every: 1m)', 11),
        ('task a = shell("x") timeout 3m retry exponential(attempts: 4, first: 1m, max: 3m)', 18),
        ('task a = shell("x") timeout 3m fallback shell("y") { timeout 2m }', 5),
        ('task a = shell("x") timeout 3m until true every 1m within 10m', 13),
        ('task a = shell("x") timeout 3m holds true every 1m for 7m', 10),
        ("task a = sleep(4m)", 4),
        ('approve a = "Go?" timeout 9m', 9),
        ('parallel { task a = shell("x") timeout 3m task b = shell("x") timeout 5m }', 5),
        ('parallel { task a = shell("x") timeout 3m after b task b = shell("x") timeout 5m }', 8),
        ('for i in [1, 2, 3] { task a = shell("x") timeout 2m }', 6),
        ('for i in [1, 2, 3] max 2 { task a = shell("x") timeout 2m }', 4),
        ('if n > 1 { task a = shell("x") timeout 2m } else { task b = shell("x") timeout 3m }', 3),
        ('try { task a = shell("x") timeout 2m } recover { task b = shell("x") timeout 3m }', 5),
        ('workspace w { task a = shell("x") timeout 2m task b = shell("x") timeout 3m }', 5),
        ('task a = shell("x")', 0),
    ],
)
def test_worst_case(body: str, minutes: int) -> None:
    project = load_texts([("f.wf", flow(body, BARE))]).project
    assert worst_case(project.flows[0].body, Runs(project)) == minutes * 60_000


def test_worst_case_of_a_long_chain_in_parallel() -> None:
    tasks = [f'task t{n} = shell("x") timeout 1m{f" after t{n - 1}" if n else ""}' for n in range(1500)]
    project = load_texts([("f.wf", flow("parallel {\n" + "\n".join(tasks) + "\n}", BARE))]).project
    assert worst_case(project.flows[0].body, Runs(project)) == 1500 * 60_000


def test_zones_are_all_known_without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from wfc.checks import zones

    assert zones.known_zone("Europe/Berlin")
    assert not zones.known_zone("Europe/Berln")
    assert not zones.known_zone("../etc/passwd")
    assert zones.nearest_zone("Europe/Berln") == "Europe/Berlin"
    assert zones.nearest_zone("New York") == "America/New_York"
    monkeypatch.setattr(zones, "has", lambda _: False)
    assert zones.known_zone("Mars/Olympus")


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("", "`{run.id}`"),
        ('on schedule("0 5 * * *", timezone: "UTC")', "`{run.id}`"),
        ('on webhook(path: "x", secret: "hook_key") as order secret hook_key', "`{order.…}`"),
    ],
)
def test_what_a_key_may_be_made_of(head: str, words: str) -> None:
    text = flow(f'task a = {PUT} {ONCE} idempotent by "x"', f"{head} {HEAD}")
    (found,) = (item for item in findings(text) if item.code == "WF404")
    assert words in found.help
    assert bool(found.fixes) is ("run.id" in words)
