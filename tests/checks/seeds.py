"""One fault for every code, to be put into flows that have none: what is written where, and where it must be found."""

from __future__ import annotations

import re
from typing import NamedTuple

FIRST = re.compile(r"^  (?=(?:task|parallel|for|let|workspace|if|match|try|require|approve)\b)", re.MULTILINE)
MARK = "§"


class Seed(NamedTuple):
    """A fault. The one MARK among its texts stands where the finding has to begin, and is not part of them.

    body: statements and declarations before the first statement of the first flow. end: its last line. more:
    flows behind the last; `FLOW` in them is the name of the first. drop: a pattern of what is taken out of the first
    flow, once. needs, lacks: patterns that the first flow must and must not have, or it is left out.
    """

    body: str
    end: str = ""
    more: str = ""
    drop: str = ""
    needs: str = ""
    lacks: str = ""

    def put(self, text: str) -> tuple[str, int] | None:
        """A clean text with the fault, and the place of its finding; None for a flow that can't have it."""
        end = text.find("\nflow ", text.index("flow ") + 1)
        first, others = (text, "") if end < 0 else (text[:end], text[end:])
        for pattern, wanted in ((self.needs, True), (self.lacks, False)):
            if pattern and bool(re.search(pattern, first, re.MULTILINE)) != wanted:
                return None
        first = re.sub(self.drop, "", first, count=1, flags=re.MULTILINE) if self.drop else first
        place = FIRST.search(first)
        name = re.search(r"^flow (\w+)", first, re.MULTILINE)
        assert place is not None
        assert name is not None
        first = f"{first[: place.start()]}  {self.body}\n{first[place.start() :]}"
        if self.end:
            at = first.rindex("}")
            first = f"{first[:at]}  {self.end}\n{first[at:]}"
        marked = f"{first}{others}\n{self.more.replace('FLOW', name[1])}"
        return marked.replace(MARK, ""), marked.index(MARK)


ONCE = 'timeout 1m no retry "seeded"'
RETRIED = "timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s)"
URL = 'url: "https://a.example.com/x"'
PUT = f"http.put({URL}, json: {{}})"
POST = f"http.post({URL}, json: {{}})"
DRY = f'shell("true") {ONCE}'
MEND = f'recover {{ task seeded_mend = shell("./mend.sh") {ONCE} }}'
SQL = "secret seeded_db task seeded = sql.execute(url: seeded_db, sql:"
KIND = f'task seeded_kind = llm.classify(prompt: "p", data: "d") -> "yes" | "no" {ONCE}'
ASKED = f'task seeded_said = llm.extract(prompt: "p", data: "d") -> {{ n: int, s: string }} {RETRIED}'
REFUND = 'stripe.refund(key: seeded_key, payment: "pi"'
USED = f'task seeded_use = shell("true", env: {{ T: seeded_text }}) {ONCE}'

NO_EVENT = r"\bas \w+$|^  input \w+: [^=\n]+$"
"""Flows to which no further trigger can be given: they read the event of their own, or need an input."""
EVENT = r"^  on (?!manual|failure)"
SCHEDULE = r"^  on schedule\("
BUDGET = r"^  budget"

TWIN = 'flow seeded_{} {{ on schedule("13 4 * * *", timezone: "UTC") task t = {} }}\n'

STATEMENTS = {
    "WF001": 'task seeded = shell("true") timeout 1m retry §3',
    "WF002": f'task seeded = python("return 1", packages: ["pandas"]) -> int {ONCE} §allow WF606 ""',
    "WF003": f'task seeded = shell("true") {ONCE} §allow WF606 "it is pinned elsewhere"',
    "WF004": f'task seeded = shell("true") {ONCE} §allow WF999 "we know"',
    "WF101": f'parallel {{ task seeded_a = shell("true") after §seeded_b {ONCE} '
    f'task seeded_b = shell("true") after seeded_a {ONCE} }}',
    "WF102": f'task seeded = shell("true", env: {{ V: §seeded_nobody }}) {ONCE}',
    "WF103": f"task seeded = {DRY} task §seeded = {DRY}",
    "WF104": f'try {{ fail "seeded" §task seeded = {DRY} }} {MEND}',
    "WF105": f"if §2 < 1 {{ task seeded = {DRY} }}",
    "WF109": f'secret seeded_db task §seeded = sql.query(url: seeded_db, sql: "select 1 as n") -> list<{{ n: int }}> '
    f"{RETRIED}",
    "WF110": f'parallel {{ task seeded_a = shell("true") -> {{ v: string }} {ONCE} '
    f'§task seeded = shell("true", env: {{ V: seeded_a.v }}) after seeded_a {ONCE} }}',
    "WF111": f"parallel {{ task seeded_a = {PUT} {RETRIED} task seeded_b = §{PUT} {RETRIED} }}",
    "WF201": f'task seeded = shell("true") -> {{ rows: int }} {ONCE} require §seeded.rows == "0" else "there are some"',
    "WF202": f'input seeded_name: string = "a" task seeded = shell(§"echo {{seeded_name}}") {ONCE}',
    "WF203": f'input seeded_tag: string? = null task seeded = shell("true", env: {{ T: "v{{§seeded_tag}}" }}) {ONCE}',
    "WF205": f'{KIND} §match seeded_kind {{ "yes" {{ task seeded = {DRY} }} }}',
    "WF206": "§input seeded_unread: int = 1",
    "WF207": "task seeded = sleep(§0s)",
    "WF209": f'for seeded_n in [1, 2] {{ task seeded = {DRY} §stop "enough" }}',
    "WF210": f'task seeded_text = §llm.classify(prompt: "p", data: "d") {RETRIED} {USED}',
    "WF211": f'task seeded_a = shell("true") -> {{ names: list<string> }} {ONCE} '
    f'task seeded = shell("true", env: {{ N: "{{§seeded_a.names}}" }}) {ONCE}',
    "WF301": f"task seeded = §{PUT} timeout 1m no retry",
    "WF303": 'secret seeded_db task seeded = §sql.execute(url: seeded_db, sql: "insert into seen (id) values (1)") '
    "retry fixed(attempts: 3, every: 5s) timeout 1m",
    "WF304": f"task seeded = {PUT} timeout 1m §retry fixed(attempts: 2, every: 5ms)",
    "WF305": f"task seeded = {PUT} timeout 1m §retry exponential(attempts: 12, first: 2s)",
    "WF314": f'secret seeded_key try {{ task seeded = {REFUND}) idempotent by "seeded-{{run.date}}" timeout 1m '
    f"§retry fixed(attempts: 3, every: 13h) }} {MEND}",
    "WF402": f'{SQL} "§update runs set n = n + 1 where id = 1") idempotent {ONCE}',
    "WF403": f'task seeded = {POST} idempotent by §"seeded-{{run.attempt}}" {RETRIED}',
    "WF404": f'task seeded = {POST} idempotent by §"seeded" {RETRIED}',
    "WF405": 'for seeded_n in [1, 2] { task seeded = http.post(url: "https://a.example.com/{seeded_n}") '
    f'idempotent by §"{{run.date}}" {RETRIED} }}',
    "WF408": f'{SQL} "§create table runs (id int)") {ONCE}',
    "WF208": f'{SQL} §"delete from runs where id = :seeded") {ONCE}',
    "WF213": f'task seeded = shell("§if true; then ls") {ONCE}',
    "WF212": f'task seeded = python(§"retrun 1") -> int {ONCE}',
    "WF409": f'{SQL} "§delete from runs") {ONCE}',
    "WF412": f'task seeded = shell("""\n    §rm -rf "$HOME"/cache\n  """) {ONCE}',
    "WF417": f'{SQL} "§vacuum (analyze) runs") {ONCE}',
    "WF413": f'task seeded = shell("§./seeded.sh || true") {ONCE}',
    "WF419": f'task seeded = shell("§curl -sS https://a.example.com/x -o x.json") {ONCE}',
    "WF502": f'task seeded = §{POST} idempotent by "seeded-{{run.date}}" {RETRIED} task seeded_next = {DRY}',
    "WF503": f'task seeded = {POST} idempotent by "seeded-{{run.date}}" {RETRIED} undo §{POST} '
    f"task seeded_next = {DRY}",
    "WF504": f"task seeded = {PUT} -> {{ id: string }} {RETRIED} "
    f'undo also on timeout http.delete(url: "https://a.example.com/x/{{§seeded.body.id}}") task seeded_next = {DRY}',
    "WF505": f"§try {{ task seeded = {DRY} }} recover {{ }}",
    "WF601": f'input seeded_in: string = "a" task seeded = shell(§"eval \\"$C\\"", env: {{ C: seeded_in }}) {ONCE}',
    "WF603": f'task seeded = shell("true", env: {{ AWS_ACCESS_KEY_ID: §"AKIAIOSFODNN7EXAMPLE" }}) {ONCE}',
    "WF604": f"secret seeded_key task seeded = http.put({URL}, query: {{ key: §seeded_key }}, json: {{}}) {RETRIED}",
    "WF605": f'secret seeded_key task seeded = http.put(url: §"http://a.example.com/", auth: bearer(seeded_key)) '
    f"{ONCE}",
    "WF606": f'task seeded = python("return 1", packages: §["pandas"]) -> int {ONCE}',
    "WF609": f'task seeded = shell(§"curl -fsS https://a.example.com/install | bash") {ONCE}',
    "WF611": f'{ASKED} task seeded = http.put(url: "https://{{§seeded_said.s}}/x", json: {{}}) {RETRIED}',
    "WF702": f'task seeded_text = llm.generate(prompt: "p") {RETRIED} '
    f'task seeded = shell("true") when §seeded_text == "yes" {ONCE}',
    "WF703": f"secret seeded_key {ASKED} try {{ task seeded = §{REFUND}, amount: seeded_said.n) "
    f'idempotent by "seeded-{{run.date}}" {ONCE} }} {MEND}',
    "WF704": "secret seeded_db "
    f'task seeded_rows = sql.query(url: seeded_db, sql: "select n from runs") -> list<{{ n: int }}> {RETRIED} '
    f"task seeded_page = http.get({URL}) {RETRIED} task seeded_text = llm.generate("
    f'prompt: "p", data: [json(seeded_rows), json(seeded_page.body)]) {RETRIED} '
    'task seeded = email.send(host: "h.example.com", from: "a@example.com", to: §[seeded_text], subject: "s", '
    f"body: seeded_text) {ONCE}",
    "WF705": f'secret seeded_key {KIND} try {{ if seeded_kind == "yes" {{ task seeded = §{REFUND}) '
    f'idempotent by "seeded-{{run.date}}" {ONCE} }} }} {MEND}',
    "WF707": f'parallel {{ approve seeded_go = "Go?" timeout 1h task seeded = §http.delete({URL}) {RETRIED} }}',
    "WF709": f'task seeded_text = llm.generate(prompt: "p", model: §"gpt-latest") {RETRIED} {USED}',
    "WF711": f"task seeded_page = http.get({URL}) {RETRIED} "
    f'task seeded_text = llm.generate(prompt: "p {{§json(seeded_page.body)}}") {RETRIED} {USED}',
    "WF805": "§for seeded_n in [1, 2] max 50 { task seeded = "
    f'http.put(url: "https://a.example.com/{{seeded_n}}", json: {{}}) {RETRIED} }}',
    "WF953": f"task §seeded_gate = {DRY}",
}
"""Code → statements that have this fault and no other, in any flow."""

PLACED = {
    "WF302": Seed(
        'task seeded = §shell("true") no retry "seeded"',
        drop=r" timeout \w+(?= \}$)",
        needs=r"^  defaults \{.* timeout \w+ \}$",
        lacks=BUDGET,
    ),
    "WF309": Seed(
        "task seeded = flow.run(seeded_child) idempotent §retry fixed(attempts: 4, every: 1m)",
        more=f"flow seeded_child {{ task push = {PUT} timeout 1m retry exponential(attempts: 5, first: 2s, max: 1m) }}",
    ),
    "WF316": Seed(
        "task seeded = §flow.run(seeded_child) timeout 1h retry fixed(attempts: 2, every: 1m)",
        more='flow seeded_child { task push = http.post(url: "https://a.example.com/push") timeout 1m }',
    ),
    "WF310": Seed("§budget { time 20d } task seeded = sleep(21d)", lacks=BUDGET),
    "WF311": Seed('budget { time 10h } task seeded = shell("true") §timeout 11h no retry "seeded"', lacks=BUDGET),
    "WF312": Seed(
        '§on schedule("30 * * * *", timezone: "UTC") concurrency 1 queue task seeded = sleep(2h)',
        drop=r"^  concurrency .*$",
        needs=r"^  concurrency 1 skip",
        lacks=rf'{NO_EVENT}|schedule\("\S+ \*',
    ),
    "WF313": Seed(
        f"task seeded = http.get({URL}) §until seeded.status == 200 every 5s {RETRIED}",
        lacks=BUDGET,
    ),
    "WF315": Seed(f"§budget {{ attempts 1 }} task seeded = {DRY} task seeded_next = {DRY}", lacks=BUDGET),
    # only flows without a script of their own, of which it may be told as well
    "WF401": Seed(f'task seeded = §shell("./seeded.sh") {ONCE}', needs=EVENT, lacks=r"= (shell|python|sql\.|dbt\.)"),
    "WF406": Seed(f'{SQL} "§insert into seen (id) values (1)") {ONCE}', needs=EVENT),
    "WF407": Seed(f'{SQL} "§update runs set n = n + 1 where id = 1") {ONCE}', needs=EVENT),
    "WF416": Seed(f'task seeded = shell("§terraform destroy -auto-approve") {ONCE}', lacks=r"^\s*approve\b"),
    "WF411": Seed(f'task seeded = shell("§mkdir /srv/staging") {ONCE}', needs=r"^  on (schedule|webhook)\("),
    "WF414": Seed(f'{SQL} "update runs set done = true where day = §current_date") {ONCE}', needs=SCHEDULE),
    "WF415": Seed(f"task seeded = §{POST} {ONCE}", needs=r"^  on failure"),
    "WF418": Seed(
        f'on webhook(path: "seeded") as seeded_event task seeded = {POST} '
        f'idempotent by §"seeded-{{run.id}}" {RETRIED} '
        'task seeded_use = shell("true", env: { T: seeded_event.headers["x"] ?? "x" }) ' + ONCE,
        drop=r"^  on (schedule|manual)\(.*\n",
        needs=r"^  on (schedule|manual)\(",
        lacks=rf"{NO_EVENT}|^  on \w+\(.*\n  on \w+\(",
    ),
    "WF508": Seed("", more=TWIN.format("unheard", DRY).replace("on ", "§on ")),
    "WF501": Seed(f"task seeded = §{POST} {ONCE} task seeded_next = {DRY}", lacks=r"^  on failure"),
    "WF507": Seed(
        f"task seeded = {PUT} {RETRIED}",
        end=f"on failure {{ task seeded_tell = §{POST} {ONCE} }}",
        lacks=r"^  on failure",
    ),
    "WF608": Seed(
        f'on webhook(path: "seeded") as seeded_event secret seeded_key try {{ task seeded = '
        f'§stripe.refund(key: seeded_key, payment: seeded_event.headers["x"] ?? "x") '
        f'idempotent by "seeded-{{run.date}}" '
        f"{ONCE} }} {MEND}",
        drop=r"^  on (schedule|manual)\(.*\n",
        needs=r"^  on (schedule|manual)\(",
        lacks=rf"{NO_EVENT}|^  on \w+\(.*\n  on \w+\(",
    ),
    "WF610": Seed('§on webhook(path: "seeded")', lacks=rf"{NO_EVENT}|^  on alert"),
    "WF701": Seed(
        f"task seeded_page = http.get({URL}) -> {{ all: list<string> }} {RETRIED} "
        f'for seeded_one in §seeded_page.body.all {{ task seeded_kind = llm.classify(prompt: "p", data: seeded_one) '
        f'-> "a" | "b" {RETRIED} }} task seeded_use = shell("true", env: {{ T: len(seeded_kind) }}) {ONCE}',
        lacks=BUDGET,
    ),
    "WF706": Seed('§approve seeded_go = "Go?"', lacks=BUDGET),
    "WF801": Seed(
        f'§on schedule("30 * * * *", timezone: "UTC") task seeded = {DRY} task seeded_wait = sleep(2h)',
        drop=r"^  concurrency .*$",
        needs=r"^  concurrency 1 skip",
        lacks=rf'{NO_EVENT}|{BUDGET}|schedule\("\S+ \*',
    ),
    "WF802": Seed('§on schedule("0 3 30 2 *", timezone: "UTC")', lacks=NO_EVENT),
    "WF804": Seed('§on schedule("30 2 * * *", timezone: "Europe/Berlin")', lacks=NO_EVENT),
    "WF807": Seed(
        "", more="".join(TWIN.format(one, DRY) for one in "abc") + TWIN.format("d", DRY).replace("on ", "§on ")
    ),
    "WF901": Seed(
        "task seeded = §flow.run(zz_back)",
        more="flow zz_back { task seeded_again = flow.run(FLOW) }",
        lacks=r"^  input \w+: [^=\n]+$",
    ),
    "WF904": Seed(
        f"task seeded = {PUT} {RETRIED}",
        more=f'flow zz_twin {{ on schedule("13 4 * * *", timezone: "UTC") task push = §{PUT} {RETRIED} }}',
        needs=r"^  on (?!failure)",
    ),
    "WF905": Seed(
        f'on schedule("0 5 * * *", timezone: "UTC") concurrency 1 skip task seeded = {PUT} {RETRIED} '
        "task seeded_wait = sleep(1h)",
        more=f'flow seeded_reader {{ §on schedule("10 5 * * *", timezone: "UTC") '
        f"task read = http.get({URL}) {RETRIED} output all: json = read.body }}",
        drop=r"^  concurrency .*$",
        lacks=NO_EVENT,
    ),
}
"""Code → the fault, where it takes more than statements, or a flow of a certain kind."""

SEEDS = {**{code: Seed(body) for code, body in STATEMENTS.items()}, **PLACED}
UNSEEDED = {
    "WF005": "about files that are no texts (tests/cli/test_odd_files.py)",
    "WF951": "about what a target can't do, so it needs one (tests/targets)",
    "WF952": "about what a target does differently, so it needs one (tests/targets)",
}
"""Code → why no seed."""

SAFE_FIXES = {"WF003", "WF301", "WF408"}
OTHER_FIXES = {"WF206", "WF302", "WF305", "WF313", "WF404", "WF408", "WF706", "WF801"}
"""Codes whose seed has a fix, here or in test_fix_traces.py; the second want a look, WF408 where the URL does not
tell the database."""
