"""What the reader of bash says, held against labelled scripts and against the edges of its rules."""

from __future__ import annotations

import random
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from checks.shell_snippets import FRESH, HELD, LAST, LATE, ORDINARY, SNIPPETS, TUNE
from wfc.build_commands import build
from wfc.embedded.shell import classify
from wfc.embedded.shell_failures import hidden
from wfc.embedded.shell_table import SETTINGS, TABLE, Table

SOURCE = Path(TABLE).with_suffix(".toml")


@pytest.mark.parametrize(
    ("name", "half"),
    [("tuned", TUNE), ("held", HELD), ("late", LATE), ("last", LAST), ("fresh", FRESH), ("ordinary", ORDINARY)],
)
def test_labelled_scripts(name: str, half: tuple[tuple[str, str], ...]) -> None:
    judged = [(script, label, classify(script).kind) for script, label in half]
    wrong = [script for script, label, kind in judged if kind in ("read", "safe") and label in ("unsafe", "unknown-ok")]
    unsafe = [label for _, label, kind in judged if kind == "unsafe"]
    unknown = sum(kind == "unknown" for _, label, kind in judged if label != "unknown-ok")
    right = unsafe.count("unsafe")
    print(f"{name}: unsafe {right} of {len(unsafe)} right, unknown {unknown} of {len(half)}, wrong {len(wrong)}")
    assert wrong == []
    assert right / len(unsafe) >= 0.95
    assert [script for script, label, kind in judged if kind == "read" and label == "safe"] == []


def test_there_are_enough_of_both_halves() -> None:
    assert len(SNIPPETS) >= 160
    assert len({script for script, _ in SNIPPETS}) == len(TUNE) + len(HELD)
    assert {label for _, label in TUNE} == {label for _, label in HELD} == {"read", "safe", "unknown-ok", "unsafe"}


def test_the_table_is_large_and_every_entry_can_be_read() -> None:
    assert Path(TABLE).read_bytes() == build(SOURCE.read_text("utf-8")), "run `python -m wfc.build_commands`"
    entries = tomllib.loads(SOURCE.read_text("utf-8"))
    plain = entries.pop("plain")
    assert sum(key not in SETTINGS for entry in entries.values() for key in entry) >= 200
    table = Table({})
    names = [*entries, *(name for names in plain.values() for name in names.split())]
    assert all(table.command(name) is not None for name in names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("", "read"),
        ("# only a comment", "read"),
        ("if true; then", "unknown"),
        ("mkdir a", "unsafe"),
        ("mkdir -p a", "safe"),
        ("mkdir -pv a", "safe"),
        ("mkdir -m 700 a", "unsafe"),
        ("/bin/mkdir a", "unsafe"),
        ("sudo -u etl mkdir /srv/a", "unsafe"),
        ("timeout 5 env A=1 mkdir a", "unsafe"),
        ("command -v jq", "read"),
        ("./mkdir a", "unknown"),
        ("mkdir $OPTIONS a", "unknown"),
        ("mkdir a || true", "safe"),
        ("mkdir a || exit 1", "unknown"),
        ("if mkdir a; then echo mine; fi", "unknown"),
        ("set +e\nmkdir a", "unknown"),
        ("[ -d a ] || mkdir a", "safe"),
        ("[ -d a ] || mkdir b", "unknown"),
        ("[ -n \"$A\" ] || mkdir a", "unsafe"),
        ("if [[ ! -d a ]]; then mkdir a; fi", "safe"),
        ("if [ -d a ]; then echo there; else mkdir a; fi", "safe"),
        ("[ -d a ] && exit 0\nmkdir a", "unknown"),
        ("[ -d a ] || exit 1\nmkdir b", "unsafe"),
        ("mkdir a\ntouch a/b\nrm -r a", "unknown"),
        ("rm -rf a\nmkdir a", "safe"),
        ("rm -rf a\ncd b\nmkdir a", "unsafe"),
        ("echo a >> f", "unsafe"),
        ("echo a > f\necho b >> f", "safe"),
        ("if [ -n \"$A\" ]; then echo a > f; fi\necho b >> f", "unsafe"),
        ("echo a > f\ncd d\necho b >> f", "unsafe"),
        ("tar -czf a.tgz a\ngh release upload v1 a.tgz", "unsafe"),
        ("rm -f a.yml\necho x > a.yml\nkubectl create -f a.yml", "unsafe"),
        ("mv /srv/a /srv/b\ncp -T /srv/new /srv/a", "unknown"),
        ("dropdb --if-exists a\ncreatedb a", "safe"),
        ("docker rm -f web\ndocker run -d --name web a:1", "safe"),
        ("cd a || mkdir a", "safe"),
        ("cd a && mkdir b", "unsafe"),
        ("git switch a || git branch a", "safe"),
        ("sed -i /a/d f\necho a >> f", "unknown"),
        ("grep -q a f || echo a >> f", "safe"),
        ("grep -q a f || echo b >> f", "unknown"),
        ("grep -q a f && echo a >> f", "unknown"),
        ("echo a >> /dev/null\necho b >> /dev/stderr\necho c >&2", "read"),
        ("echo a=b | tee -a \"$WFC_OUTPUT\"", "read"),
        ("echo a | tee -a f g", "unsafe"),
        ("echo a | tee f", "safe"),
        ("t=$(mktemp -d)\necho a >> \"$t/f\"\nmv \"$t/f\" /srv/f", "safe"),
        ("t=$(mktemp -d)\nt=/srv\necho a >> \"$t/f\"", "unsafe"),
        ("cd \"$(mktemp -d)\"\nmkdir a\necho a >> f", "read"),
        ("t=$(mktemp -d)\ngit clone https://git.example.com/a.git \"$t\"", "read"),
        ("t=$(mktemp -p /srv/out)\necho a > \"$t\"", "unsafe"),
        ("d=$(date +%s)\ncp a \"/srv/$d\"", "unsafe"),
        ("d=$(date -d \"$DAY\" +%s)\ncp a \"/srv/$d\"", "safe"),
        ("cp a \"/srv/$(date +%F)\"", "unknown"),
        ("cp -r a b", "unknown"),
        ("cp -r a b/", "safe"),
        ("curl -fsSo out.json \"https://a.example.com/x?at=$(date +%s)\"", "unknown"),
        ("curl https://a.example.com/x", "read"),
        ("curl -sXPOST https://a.example.com/x", "unsafe"),
        ("curl -X \"$METHOD\" https://a.example.com/x", "unknown"),
        ("curl -G -d q=1 https://a.example.com/x", "read"),
        ("curl -d @c.json -o /dev/null https://a.example.com/x", "unsafe"),
        ("curl -d a=b https://login.example.com/oauth/token", "unknown"),
        ("curl -d a=b -H \"Idempotency-Key: $WFC_IDEMPOTENCY_KEY\" https://a.example.com/x", "unknown"),
        ("echo a | bash", "unknown"),
        ("bash -c 'mkdir a'", "unsafe"),
        ("bash -c \"echo hello\"", "read"),
        ("f() { mkdir a; }", "read"),
        ("f() { mkdir a; }\nf", "unsafe"),
        ("f() { f; }\nf", "unknown"),
        ("for a in 1 2; do mkdir -p $a; done", "safe"),
        ("case $A in\n  x) mkdir a ;;\nesac", "unsafe"),
        ("A=$(mkdir a)", "unsafe"),
        ("echo \"$(git tag v1)\"", "unsafe"),
        ("(cd a; mkdir b) &\nwait", "unsafe"),
        ("trap 'rm a' EXIT", "unsafe"),
        ("cat <<EOF | sh\nmkdir a\nEOF", "unsafe"),
        ("cat <<EOF > f\n$(git tag v1)\nEOF", "unsafe"),
        ("find . -name a -exec rm {} +", "unknown"),
        ("find . -name a -delete", "safe"),
        ("sed -n 1p f", "read"),
        ("sed 's/a/b/w out' f", "unknown"),
        ("awk '{ print $1 > \"out\" }' f", "unknown"),
        ("psql -c 'select nextval(\"s\")'", "unsafe"),
        ("psql -c 'select max(day) from t'", "read"),
        ("psql -c 'insert into t values (1) on conflict do nothing'", "safe"),
        ("psql -c 'create table if not exists t (a int)'", "safe"),
        ("git -C repo tag v1", "unsafe"),
        ("git tag", "read"),
        ("git tag -n5", "read"),
        ("kubectl -n shop create ns a", "unsafe"),
        ("kubectl -n shop create ns a --dry-run=client -o yaml", "read"),
        ("docker compose -f a.yml up -d", "safe"),
        ("git commit -m a || true", "unknown"),
        ("git diff --quiet || git commit -am a", "unknown"),
        ("tar czf - a", "read"),
        ("openssl rand -hex 16 > key", "unknown"),
        ("echo ä >> f # ü", "unsafe"),
        # functions: their redirections, arguments, what takes their name
        ("f() { echo a; } >> f.txt\nf", "unsafe"),
        ("f() { echo a; } >> f.txt", "read"),
        ("f() { echo a; } >> f.txt 2>&1\nf", "unsafe"),
        ("f() ( echo a ) > f.txt\nf", "safe"),
        ("run() { \"$@\"; }\nrun mkdir a", "unsafe"),
        ("run() { \"$@\"; }\nrun mkdir -p a", "safe"),
        ("run() { shift; \"$@\"; }\nrun x mkdir -p a", "unknown"),
        ("new() { echo a > \"$1\"; }\nmore() { echo b >> \"$1\"; }\nnew x\nmore y", "unsafe"),
        ("new() { echo a > \"$1\"; }\nmore() { echo b >> \"$1\"; }\nnew x\nmore x", "safe"),
        ("f() { touch \"out/$1\"; }\nf $(uuidgen)", "unsafe"),
        ("mkdir() { command mkdir -p \"$@\"; }\nmkdir a", "safe"),
        ("f() { mkdir a; }\ntime f", "unsafe"),
        ("f() { mkdir a; }\nenv f", "unknown"),
        # statements that are never reached
        ("exit 0\nmkdir a", "read"),
        ("exit 0 &\nmkdir a", "unsafe"),
        ("exit() { echo no; }\nexit\nmkdir a", "unsafe"),
        ("(exit 0)\nmkdir a", "unsafe"),
        ("for a in b; do break; mkdir c; done", "read"),
        ("break\nmkdir a", "unsafe"),
        ("f() { return; mkdir a; }\nf\nmkdir b", "unsafe"),
        # lines of a log, and data in one
        ("echo a >> /var/log/etl/a", "safe"),
        ("date >> etl.log", "safe"),
        ("echo \"$(date) $(cat n) rows\" >> \"$LOG_FILE\"", "safe"),
        ("echo a | tee -a \"$LOG\"", "safe"),
        ("rsync -a in/ out/ >> \"${SYNC_LOG}\" 2>&1", "safe"),
        ("cat <<EOF >> run.log\na\nEOF", "safe"),
        ("cat today.log >> all.log", "unknown"),
        ("curl -s https://a.example.com | jq . >> events.log", "unknown"),
        ("psql -c 'select 1' >> rows.log", "unknown"),
        ("echo a >> \"$CATALOG\"", "unsafe"),
        ("echo a >> blog/index.html", "unsafe"),
        ("echo a >> /srv/logs/clicks.csv", "unsafe"),
        ("echo a >> \"logs/$DAY.jsonl\"", "unsafe"),
        ("logger a", "safe"),
        ("mkdir a >> a.log", "unsafe"),
        # what only looks like work, and what is
        ("# curl --next, alias a=b, /dev/tcp/a/1\nls", "read"),
        ("echo 'find . -exec a \\; -delete smtp://a'", "read"),
        ("curl https://a.example.com --next https://b.example.com", "unknown"),
        ("curl -T a ftp://a.example.com/", "unknown"),
        ("curl smtp://a.example.com --mail-from a@example.com", "unknown"),
        ("alias a=b", "unknown"),
        ("alias", "read"),
        ("echo a > /dev/tcp/a/1", "unknown"),
        ("echo > /dev/tcp/a/1", "read"),
        ("find . -exec cat {} \\; -exec mkdir a \\;", "unknown"),
        ("find . -exec cat {} \\; -exec curl -d @{} https://a.example.com \\;", "unsafe"),
        ("find . -exec curl -d @{} https://a.example.com \\; -delete", "unknown"),
        ("find . -exec cat {} \\; -delete", "safe"),
        ("find . -ok rm {} \\;", "unknown"),
        # what a command is given
        ("psql <<SQL\ninsert into t values (1)\nSQL", "unsafe"),
        ("psql <<SQL\ninsert into t values (1) on conflict do nothing\nSQL", "safe"),
        ("psql <<SQL\n\\i a.sql\nSQL", "unknown"),
        ("psql < a.sql", "unknown"),
        ("echo 'insert into t values (1)' | psql", "unsafe"),
        ("psql -c \"delete from t where $FILTER\"", "unknown"),
        ("psql -c \"delete from t where day = '$DAY'\"", "safe"),
        ("psql -c \"insert into t (id) values ('$RANDOM') on conflict (id) do nothing\"", "unknown"),
        ("psql -c \"$SQL\"", "unknown"),
        ("psql -c '\\copy t from a.csv'", "unsafe"),
        ("psql -c '\\copy t to a.csv'", "safe"),
        ("psql -c '\\copy t to program a'", "unknown"),
        ("psql -c 'truncate t' -c '\\copy t from a.csv'", "unknown"),
        ("bq query --use_legacy_sql=false < a.sql", "unknown"),
        ("bq query --replace --destination_table a.b 'select 1'", "safe"),
        ("bq query --append_table --destination_table a.b 'select 1'", "unsafe"),
        ("bash <<'E'\nmkdir a\nE", "unsafe"),
        ("bash a.sh <<'E'\nmkdir a\nE", "unknown"),
        ("ssh -p 22 h mkdir a", "unsafe"),
        ("ssh -N -L 1:b:2 h", "unknown"),
        ("echo a > f\nssh h 'echo b >> f'", "unsafe"),
        ("echo a > f\nssh h uptime\necho b >> f", "safe"),
        ("eval mkdir -p a", "safe"),
        ("eval \"$A\"", "unknown"),
        ("eval \"$(a)\"", "unknown"),
        ("su - a -c 'mkdir b'", "unsafe"),
        ("flock a -c 'mkdir b'", "unsafe"),
        ("while read -r a; do mv \"$a\" b/; done < list", "unknown"),
        ("while read -r a; do mkdir \"$a\"; done < list", "unsafe"),
        ("gh api repos/a/b", "read"),
        ("gh api repos/a/b/issues -f title=c", "unsafe"),
        ("gh api graphql -f query=c", "unknown"),
        ("kubectl patch deploy a --type=json -p '[]'", "unknown"),
    ],
)  # fmt: skip
def test_edges(script: str, kind: str) -> None:
    assert classify(script).kind == kind


def test_a_reason_has_its_place_its_effect_and_a_remedy() -> None:
    script = "echo äöü\nmkdir out\nfalse"
    (reason,) = classify(script).reasons
    assert script[reason.start : reason.end] == "mkdir out"
    assert (reason.kind, reason.verdict, reason.what) == ("fails-here", "unsafe", "`mkdir out`")
    assert reason.effect == "fails, because the directory exists"
    assert reason.help == "write `mkdir -p`"


def test_broken_scripts_are_read_without_an_error() -> None:
    chance = random.Random(7)
    pieces = [
        "",
        "ü",
        "$(",
        ")",
        '"',
        "'",
        "|| ",
        "; ",
        "\n",
        "{",
        "}",
        "<<E\n",
        ">>",
        "$@",
        "[[ ",
        " ]]",
        "!",
        "&&",
        "-",
        "`",
    ]
    for script, _ in (*SNIPPETS, *LATE, *LAST, *FRESH, *ORDINARY):
        for _ in range(5):
            start = chance.randrange(len(script))
            end = min(len(script), start + chance.randrange(8))
            broken = script[:start] + chance.choice(pieces) + script[end:]
            verdict = classify(broken)
            assert all(0 <= reason.start <= reason.end <= len(broken) for reason in verdict.reasons)
            hidden(broken)


@pytest.mark.parametrize(
    "script",
    [
        "(" * 3000 + "ls" + ")" * 3000,
        "if a; then " * 400 + "ls" + "; fi" * 400,
        "a || " * 4000 + "b",
        "f() { f; f; f; f; f; f; f; f; }\nf",
    ],
)
def test_deep_scripts_are_unknown_at_worst(script: str) -> None:
    assert classify(script).kind in ("read", "unknown")


def test_reads_are_no_reasons() -> None:
    assert classify("ls\ncat f | wc -l").reasons == ()


def test_an_entry_of_a_user_goes_before_those_of_the_table() -> None:
    known = {"acme": {"sync": "safe", "send": ["unsafe", "sends it again"]}, "mkdir": {"": "safe"}}
    assert classify("acme sync --all", known).kind == "safe"
    assert classify("acme send x", known).reasons[0].effect == "sends it again"
    assert classify("acme other", known).kind == "unknown"
    assert classify("mkdir a", known).kind == "safe"
    assert classify("mkdir a").kind == "unsafe"


def test_an_entry_with_no_such_verdict() -> None:
    with pytest.raises(ValueError, match="there is no verdict 'fine'"):
        classify("acme", {"acme": {"": "fine"}})


def test_a_check_without_scripts_to_read_loads_no_parser() -> None:
    code = (
        "import sys\nfrom wfc.cli import main\nmain(['check', 'examples/orders_etl.wf'])\n"
        "print([name for name in sys.modules if name.startswith('tree_sitter')], file=sys.stderr)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
