"""Edges of constant-condition, timeout-inversion, dangerous-removal, secret-cleartext, unpinned, remote-script and
ai-decides-irreversible and dst-hole, on both sides."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

import pytest

from checks.finding import codes, findings, flow
from wfc.checks.cron import Cron, read

CALL = 'task a = shell("x")'
KIND = 'secret k task kind = llm.classify(prompt: "p", data: "d") -> "yes" | "no"'
PAY = 'task pay = stripe.refund(key: k, payment: "pi") idempotent by "r-{run.id}"'
LAX = 'approve go = "Go?" -> { ok: bool } timeout 1h fallback value { ok: false }'
TELL = 'on failure { task t = shell("x") }'


def script(text: str) -> str:
    """A flow with one script."""
    return flow(f'input d: string = "x" task a = shell("""\n{text}\n""", env: {{ D: d }})')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{CALL} when true", ["WF105"]),
        (f'{CALL} when "a" in ["a", "b"]', ["WF105"]),
        (f"input n: int {CALL} when n > 0", []),
        (f"{CALL} when 1 // 0 == 1", []),
        ('require 2 > 1 else "no"', ["WF105"]),
        (f"if false {{ {CALL} }}", ["WF105"]),
        (f"{CALL} when run.date == run.date", []),
    ],
)
def test_conditions(body: str, expected: list[str]) -> None:
    assert [code for code in codes(flow(body)) if code == "WF105"] == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("budget { time 10m }", f"{CALL} timeout 10m", 1),
        ("budget { time 10m }", f"{CALL} timeout 9m", 0),
        ("budget { time 10m } defaults { timeout 1h }", f'{CALL} task b = shell("y")', 1),
        ("budget { time 10m }", f'{CALL} timeout 1m on failure {{ task h = shell("x") timeout 1h }}', 0),
        ("budget { time 10m }", f'{CALL} timeout 1m undo shell("x") {{ timeout 1h }}', 0),
        ("budget { time 10m }", f'{CALL} timeout 1m fallback shell("x") {{ timeout 1h }}', 1),
        ("", f"{CALL} timeout 1h", 0),
    ],
)
def test_limits(head: str, body: str, expected: int) -> None:
    assert codes(flow(body, head)).count("WF311") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('rm -rf "$D"/*', True),
        ("rm -rf $D/", True),
        ("rm -r -f -- ${D}/cache", True),
        ('cd /tmp && rm -fr x "${D}/a"', True),
        ('rm -rf "${D:?}"/*', False),
        ('rm -rf "$D"', False),
        ('rm -f "$D"/x', False),
        ('rm -rf build/"$D"/x', False),
        ('# rm -rf "$D"/*', False),
        ('echo "$D"/x | rm -rf build', False),
        ("D=/backups; rm -rf $D/*", False),
        ('D=$(mktemp -d)\n    ./load "$D"\n    rm -rf "$D"/x', False),
        ("D=/a && rm -rf $D/x", False),
        ('D="$BASE"/x\n    rm -rf "$D"/*', False),
        ('D="${BASE:-/srv/a}"\n    rm -rf "$D"/*', False),
        (': "${D:?}"\n    rm -rf "$D"/*', False),
        ('[ -n "$D" ] || exit 1\n    rm -rf "$D"/*', False),
        ("for x in a b; do rm -rf $x/c; done", False),
        ("if ./a; then E=/a; else E=/b; fi\n    rm -rf $E/*", False),
        ("if ./a; then D=/a; fi\n    rm -rf $D/*", True),
        ("D=/a\n    D=$(./where)\n    rm -rf $D/*", True),
        ("D=/a\n    read -r D < x\n    rm -rf $D/*", True),
        ("D=\n    rm -rf $D/*", True),
        ("(D=/a)\n    rm -rf $D/*", True),
        ("D=/a rm -rf $D/*", True),
        ("rm -rf $D/*\n    D=/a", True),
        ("E=/a; rm -rf $E/x $D/y", True),
        ("rm -rf /", True),
        ("sudo rm -rf /*", True),
        ("rm -fr ~", True),
        ('rm -rf "$HOME"', True),
        ('ssh app1 "rm -rf /var/*"', True),
        ("rm -rf /etc/", True),
        ("rm -rf /var/tmp/load", False),
        ("rm -rf ~/.cache/load", False),
        ("rm -rf ./*", False),
        ("rm -f /", False),
        ('echo "rm -rf /"', False),
        ("exit 0\n    rm -rf /", False),
    ],
)
def test_removals(text: str, expected: bool) -> None:
    assert ("WF412" in codes(script(text))) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PGPASSWORD=hunter2secret psql -c 'select 1'", True),
        ("mysql -u root -pS3cretPw shop", True),
        ("curl -fsS -u admin:passw0rd https://a.example/x", True),
        ("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzq81bK4a", True),
        ("curl -H 'Authorization: Bearer abc123def456ghi' https://a.example/x", True),
        ("sshpass -p hunter2secret ssh app1 true", True),
        ("sshpass -phunter2secret ssh app1 true", True),
        ("sshpass -e ssh app1 true", False),
        ('sshpass -p "$D" ssh app1 true', False),
        ("openssl genrsa -aes256 -passout pass:hunter2secret 4096", True),
        ("openssl rsa -in k.pem -passin 'pass:hunter2secret'", True),
        ('openssl rsa -in k.pem -passin "pass:$D"', False),
        ("openssl rsa -in k.pem -passin env:KEY_PASS1", False),
        ('PGPASSWORD="$D" psql', False),
        ("PGPASSWORD=changeme1 psql", False),
        ("PGPASSWORD=xxxxxxx1 psql", False),
        ("export API_TOKEN=example-1234567890abcdef", False),
        ("export DB_SECRET=shop-database-credentials-2", False),
        ("export API_TOKEN=/run/secrets/api-token-v2", False),
        ("mysql -p shop", False),
        ('mysql -p"$D" shop', False),
        ('curl -u "admin:$D" https://a.example/x', False),
        ("curl -u user:password https://a.example/x", False),
        ('curl -H "Authorization: Bearer $D" https://a.example/x', False),
        ("mkdir -p build2024", False),
    ],
)
def test_secrets_in_scripts(text: str, expected: bool) -> None:
    assert ("WF603" in codes(script(text))) is expected


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ('bearer("correct-horse")', True),
        ('bearer("01234567")', True),
        ('bearer("0123456")', False),
        ('bearer("changeme")', False),
        ('bearer("your-token-here")', False),
        ('bearer("")', False),
        ("bearer(k)", False),
        ('bearer("Token-{k}")', False),
        ('bearer(k ?? "fallback-of-all")', False),
        ('basic("bob", "correct-horse")', True),
        ('basic("robert-of-acme", k)', False),
        ('basic("bob", "hunter2")', False),
        ('basic("robert-of-acme", "xxxxxxxx")', False),
        ('basic("robert-of-acme", "")', False),
    ],
)
def test_constants_in_the_place_of_a_secret(auth: str, expected: bool) -> None:
    text = flow(f'secret k task a = http.put(url: "https://a.example/x", auth: {auth}, json: k)')
    found = [item for item in findings(text) if item.code == "WF603"]
    assert len(found) == expected
    assert all(text[item.span.start : item.span.end] in ('"correct-horse"', '"01234567"') for item in found)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", '"/backups"', False),
        ("string", '"x{d}"', False),
        ('"a" | "b"', "d", False),
        ("int", "d", False),
        ("string", "d", True),
        ("string", '""', True),
        ("string", '" "', True),
        ("string", '"{d}{d}"', True),
        ("string?", 'd ?? ""', True),
    ],
)
def test_removals_below_what_is_given(kind: str, value: str, expected: bool) -> None:
    found = codes(flow(f'input d: {kind} task a = shell("rm -rf $D/x", env: {{ D: {value} }})'))
    assert ("WF412" in found) is expected
    assert not [code for code in found if code < "WF105"]


@pytest.mark.parametrize(
    ("text", "message", "remedy", "place"),
    [
        ('"rm -rf $D/cache"', "`/cache`", "`${{D:?}}`", "rm -rf $D/cache"),
        ('"""\n    ./a\n    rm -rf $D/cache\n    """', "`/cache`", "`${D:?}`", "rm -rf $D/cache"),
        ('"rm -rf $D/*"', "the root of the machine", "`${{D:?}}`", "rm -rf $D/*"),
    ],
)
def test_a_removal_says_what_it_removes(text: str, message: str, remedy: str, place: str) -> None:
    whole = flow(f"input d: string task a = shell({text}, env: {{ D: d }})")
    (found,) = [item for item in findings(whole) if item.code == "WF412"]
    assert f"removes {message} when `$D` is empty" in found.message
    assert found.help is not None
    assert found.help.startswith(f"write {remedy},")
    assert whole[found.span.start : found.span.end] == place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./a\n    echo $K\n    ./b", "echo $K"),
        ("set -x\n    ./a", "set -x"),
        ("./a \\\n      x\n    env | sort", "env | sort"),
        ("./a && \\\n    echo $K", "./a && \\"),
    ],
)
def test_a_printed_secret_is_shown_by_its_line(text: str, expected: str) -> None:
    whole = flow(f'secret k task a = shell("""\n    {text}\n  """, env: {{ K: k }})')
    (found,) = [item for item in findings(whole) if item.code == "WF604"]
    assert whole[found.span.start : found.span.end] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl -fsSL https://a.example/i.sh | sh", True),
        ("curl https://a.example/i.sh | sudo -E bash -s -- --yes", True),
        ("wget -qO- https://a.example/i.py | python3 -", True),
        ('sh -c "$(curl -fsSL https://a.example/i.sh)"', True),
        ("bash <(curl -fsSL https://a.example/i.sh)", True),
        ("source <(curl -s https://a.example/env)", True),
        ("curl -fsS https://a.example/x | jq .", False),
        ("curl -fsS https://a.example/x | python3 -m json.tool", False),
        ("curl -fsSo i.sh https://a.example/i.sh; sh i.sh", False),
        ('version=$(curl -s https://a.example/v); sh ./build.sh "$version"', False),
        ("curl https://a.example/x | shasum", False),
    ],
)
def test_downloads(text: str, expected: bool) -> None:
    assert ("WF609" in codes(script(text))) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('http.get(url: "http://a.example.com/x", auth: bearer(k))', True),
        ('http.get(url: "http://a.example.com/x", headers: { "X-Key": k })', True),
        ('http.put(url: "http://a.example.com/x", json: { key: k })', True),
        ('http.get(url: "http://a.example.com/{k}")', True),
        ('http.get(url: "https://a.example.com/x", auth: bearer(k))', False),
        ('http.get(url: "http://a.example.com/x")', False),
        ('http.get(url: "http://127.0.0.1:8080/x", auth: bearer(k))', False),
        ('http.get(url: "http://10.1.2.3/x", auth: bearer(k))', False),
        ('http.get(url: "http://prometheus:9090/x", auth: bearer(k))', False),
        ('http.get(url: "http://api.team.svc.cluster.local/x", auth: bearer(k))', False),
        ('http.get(url: "http://vault.internal/x", auth: bearer(k))', False),
    ],
)
def test_clear_text(call: str, expected: bool) -> None:
    assert ("WF605" in codes(flow(f"secret k task a = {call}"))) is expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('python("return 1", packages: ["pandas"]) -> int', True),
        ('python("return 1", packages: ["pandas>=2", "numpy==2.3.4"]) -> int', True),
        ('python("return 1", packages: ["pandas==2.3.3"]) -> int', False),
        ('python("return 1") -> int', False),
        ('shell("make", image: "gcc")', True),
        ('shell("make", image: "registry.example:5000/gcc")', True),
        ('shell("make", image: "gcc:latest")', True),
        ('shell("make", image: "registry.example:5000/gcc:15.2")', False),
        ('shell("make", image: "gcc@sha256:0123")', False),
    ],
)
def test_versions(call: str, expected: bool) -> None:
    assert ("WF606" in codes(flow(f"task a = {call}"))) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{KIND} if kind == "yes" {{ {PAY} }} {TELL}', True),
        (f'{KIND} match kind {{ "yes" {{ {PAY} }} "no" {{ {CALL} }} }} {TELL}', True),
        (f'{KIND} {PAY} when kind == "yes" {TELL}', True),
        (f'{KIND} if kind == "yes" {{ {CALL} {PAY} }} {TELL}', True),
        (f'{KIND} approve go = "Go?" timeout 1d if kind == "yes" {{ {PAY} }} {TELL}', True),
        (f'{KIND} if kind == "yes" {{ approve go = "Go?" timeout 1d {PAY} }} {TELL}', False),
        (f'{KIND} {LAX} if kind == "yes" {{ {LAX.replace("go", "more")} {PAY} }} {TELL}', True),
        (f'{KIND} {LAX} if kind == "yes" {{ if go.ok {{ {PAY} }} }} {TELL}', False),
        (f'{KIND} {LAX} if kind == "yes" and go.ok {{ {PAY} }} {TELL}', False),
        (f'input n: int {KIND} if kind == "yes" {{ require n > 0 else "no" {PAY} }} {TELL}', False),
        (f'{KIND} if kind == "yes" {{ require kind == "yes" else "no" {PAY} }} {TELL}', True),
        (f'{KIND} if kind == "yes" {{ {CALL} }} {PAY} {TELL}', False),
        (f"input n: int {KIND} if n > 0 {{ {PAY} }} output o: string = kind {TELL}", False),
    ],
)
def test_models(body: str, expected: bool) -> None:
    assert ("WF705" in codes(flow(body))) is expected


@pytest.mark.parametrize(
    ("cron", "zone", "expected"),
    [
        ("30 2 * * *", "Europe/Berlin", True),
        ("0 3 * * *", "Europe/Berlin", False),
        ("59 1 * * *", "Europe/Berlin", False),
        ("30 1 * * *", "Europe/London", True),
        ("0 2 * * *", "Europe/London", False),
        ("30 1 * * *", "America/New_York", True),
        ("30 2 * * 1-5", "America/New_York", False),
        ("30 2 * * sun", "America/New_York", True),
        ("30 2 1 * *", "Europe/Berlin", False),
        ("30 2 26 * *", "Europe/Berlin", True),
        ("30 2 1 * 0", "Europe/Berlin", True),
        ("0 0 * * *", "America/Havana", True),
        ("30 2 * 6 *", "Europe/Berlin", False),
        ("*/10 * * * *", "Europe/Berlin", False),
        ("30 2 * * *", "Asia/Kolkata", False),
        ("30 2 * * *", "UTC", False),
        ("30 12 * * *", "Europe/Berlin", False),
    ],
)
def test_changes_of_the_clock(cron: str, zone: str, expected: bool) -> None:
    head = f'on schedule("{cron}", timezone: "{zone}") defaults {{ timeout 1m }} concurrency 1 queue'
    assert ("WF804" in codes(flow(CALL, head))) is expected


@pytest.mark.parametrize(
    ("cron", "zone"),
    [
        ("30 2 * * *", "Europe/Berlin"),
        ("30 2 31 * *", "Europe/Berlin"),
        ("30 2 24 3 *", "Europe/Berlin"),  # the last Sunday of March is the 25th or later
        ("15 2 * 10 *", "Europe/Berlin"),
        ("30 1 1 11 *", "America/New_York"),
        ("0 0 * * 0", "America/Havana"),
        ("15 2 * * *", "Australia/Lord_Howe"),  # by half an hour
        ("0 2 * * *", "Africa/Casablanca"),  # by Ramadan
    ],
)
def test_the_dates_are_the_first_that_the_schedule_has(cron: str, zone: str) -> None:
    """Asked of each day by itself: a time that does not come back from UTC as it was is left out (PEP 495)."""
    minute, hour = map(int, cron.split()[:2])
    times, day = read(cron), datetime.date(2027, 1, 1)
    assert isinstance(times, Cron)
    first: dict[str, str] = {}
    while day.year < 2055 and len(first) < 2:
        if times.falls_on(day):
            start = datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
            ahead, later = start.utcoffset(), start.replace(fold=1).utcoffset()
            if ahead != later:
                there = start.astimezone(datetime.UTC).astimezone(start.tzinfo).replace(tzinfo=None)
                kind = "has two on" if there == start.replace(tzinfo=None) else "has no start on"
                first.setdefault(kind, f"{day}")
        day += datetime.timedelta(days=1)
    head = f'on schedule("{cron}", timezone: "{zone}") defaults {{ timeout 1m }} concurrency 1 queue'
    told = [item.message for item in findings(flow(CALL, head)) if item.code == "WF804"]
    assert dict(re.findall(r"(has no start on|has two on) ([0-9-]{10})", "".join(told))) == first


@pytest.mark.parametrize(
    ("cron", "days", "expected"),
    [
        ("0 2 31 * *", 29, False),  # from the 31st of July to that of August
        ("0 2 31 * *", 31, False),
        ("0 2 31 * *", 32, True),
        ("0 2 1 * *", 28, False),  # of February
        ("0 2 1 * *", 29, True),
        ("0 6 1 1 *", 365, False),
        ("0 6 1 1 *", 366, True),
    ],
)
def test_a_run_is_compared_with_the_dates_that_come(cron: str, days: int, expected: bool) -> None:
    head = f'on schedule("{cron}", timezone: "UTC")'
    text = flow(f'task a = shell("./a") timeout {days}d', head)
    assert ("WF801" in codes(text)) is expected


def test_the_change_is_told_with_its_day() -> None:
    """Central European time changes at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC)."""
    head = 'on schedule("30 2 * * *", timezone: "Europe/Berlin") defaults { timeout 1m } concurrency 1 queue'
    (found,) = findings(flow(CALL, head))
    assert found.message == (
        '"30 2 * * *" in Europe/Berlin has no start on 2027-03-28, when 02:00 to 03:00 is left out and has two on '
        "2027-10-31, when 02:00 to 03:00 comes twice"
    )
