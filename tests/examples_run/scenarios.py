"""The scenarios: for each example what goes well, and at least two things that go wrong."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from catalog.stand_in import recorded, stand_in
from engines.engine import TriggerEvent
from engines.world import Reply
from examples_run.scenario import Place, Scenario

NO_PERSON = {"airflow": "`dag.test()` waits for ever at an approval"}
NOBODY = {"github": "act does not wait for approvals, nor reject", **NO_PERSON}
OK = Reply(200, "ok")
DOWN = Reply(503)


def answer(value: Any) -> Reply:
    """What an OpenAI-compatible model answers."""
    text = json.dumps({"value": value})
    message = {"role": "assistant", "content": text}
    return Reply(200, {"choices": [{"finish_reason": "stop", "message": message}]})


# --- release_aftermath ---

LLM = {"llm_url": "{url}/llm", "llm_model": "model-1"}
REPO = "/github/repos/acme/app"
RELEASED = TriggerEvent(
    "release",
    {
        "action": "published",
        "release": {"id": 77, "tag_name": "v1.1.0", "name": "v1.1.0", "body": "", "html_url": "https://example.com"},
        "repository": {"full_name": "acme/app", "default_branch": "main"},
    },
)


def commit(sha: str, message: str) -> dict[str, Any]:
    """A commit as GitHub shows it."""
    author = {"name": "Ada", "email": "ada@example.com", "date": "2026-03-01T10:00:00Z"}
    return {"sha": sha, "html_url": f"https://example.com/{sha}", "commit": {"message": message, "author": author}}


def todo(number: str) -> dict[str, Any]:
    """A task of Todoist."""
    return {
        "id": number, "content": f"task {number}", "description": "", "project_id": "p", "section_id": None,
        "labels": [], "priority": 1, "due": None, "checked": False,
    }  # fmt: skip


def wish(number: str) -> dict[str, Any]:
    """A post of Canny."""
    return {
        "id": number, "title": "Bulk edit", "details": "", "status": "in progress", "score": 1, "commentCount": 0,
        "created": "2017-12-11T17:13:50.123Z", "url": "https://example.com",
    }  # fmt: skip


COMMITS = [commit("a1", "search"), commit("b2", "$(id) {{ x }}")]
AFTERMATH = {
    f"{REPO}/compare/v1.0.0...v1.1.0": (Reply(200, {"commits": COMMITS}),),
    "/todoist/tasks": (Reply(200, {"results": [todo("7"), todo("8")], "next_cursor": None}),),
    "/canny/posts/list": (Reply(200, {"hasMore": False, "posts": [wish("w1")]}),),
    "/llm/chat/completions": (
        answer([{"sha": "a1", "task": "7", "confidence": 0.9}, {"sha": "b2", "task": "8", "confidence": 0.3}]),
    ),
    "/todoist/tasks/7/close": (Reply(204),),
    "/canny/comments/create": (Reply(200, {"id": "c1"}),),
    f"{REPO}/releases/generate-notes": (Reply(200, {"name": "v1.1.0", "body": "What is new"}),),
    f"{REPO}/releases/77": (
        Reply(200, {
            "id": 77, "tag_name": "v1.1.0", "target_commitish": "main", "name": "v1.1.0", "body": "What is new",
            "draft": False, "prerelease": False, "html_url": "https://example.com", "upload_url": "https://example.com",
            "published_at": "2013-02-27T19:35:32Z",
        }),
    ),
    "/slack": (OK,),
}  # fmt: skip
COMMENT = {
    "apiKey": "ck", "postID": "w1", "authorID": "author-1", "value": "This may be part of v1.1.0. Please try it.",
    "internal": False, "shouldNotifyVoters": False,
}  # fmt: skip


def aftermath(name: str, replies: dict[str, tuple[Reply, ...]], **facts: Any) -> Scenario:
    """A run of release_aftermath."""
    return Scenario(
        f"release_aftermath {name}",
        {**AFTERMATH, **replies},
        event=RELEASED,
        inputs={"previous": "v1.0.0"},
        secrets={
            "github_token": "gt", "todoist_token": "tt", "canny_key": "ck", "slack_url": "{url}/slack", "llm_key": "lk",
        },
        configs={"canny_author": "author-1", "todoist_project": "p", **LLM},
        **facts,
    )  # fmt: skip


RELEASE = (
    aftermath(
        "closes what was finished",
        {},
        calls={"/todoist/tasks/7/close": 1, "/slack": 0, "/llm/chat/completions": 1},
        bodies={"/canny/comments/create": [COMMENT], f"{REPO}/releases/77": [{"body": "What is new"}]},
    ),
    aftermath(
        "asks again for an answer that does not fit, and goes on when Todoist was away",
        {
            "/llm/chat/completions": (answer("no list"), answer([{"sha": "a1", "task": "7", "confidence": 0.8}])),
            "/todoist/tasks/7/close": (DOWN, Reply(204)),
        },
        calls={"/todoist/tasks/7/close": 2, "/llm/chat/completions": 2, "/slack": 0},
    ),
    aftermath(
        "comments once, and tells when that failed",
        {"/canny/comments/create": (DOWN,)},
        state="failed",
        calls={"/canny/comments/create": 1, f"{REPO}/releases/77": 0, "/slack": 1, "/todoist/tasks/7/close": 1},
    ),
    aftermath(
        "does nothing without commits",
        {f"{REPO}/compare/v1.0.0...v1.1.0": (Reply(200, {"commits": []}),)},
        calls={"/llm/chat/completions": 0, "/canny/comments/create": 0, "/slack": 0, f"{REPO}/releases/77": 0},
    ),
)

# --- ticket_triage ---

REFUND = {"id": "re_1", "amount": 1000, "status": "succeeded"}
ISSUE = {"number": 12, "html_url": "https://example.com/12"}
TRIAGE = {
    "/llm/chat/completions": (answer("bug"), answer("It breaks.")),
    f"{REPO}/issues": (Reply(201, ISSUE),),
    "/stripe/v1/refunds": (Reply(200, REFUND),),
    "/zendesk/api/v2/tickets/7": (Reply(200, {"ticket": {}}),),
    "/slack": (OK,),
}


def triage(name: str, replies: dict[str, tuple[Reply, ...]], ticket: dict[str, Any], **facts: Any) -> Scenario:
    """A run of ticket_triage."""
    return Scenario(
        f"ticket_triage {name}",
        {**TRIAGE, **replies},
        event=TriggerEvent("repository_dispatch", {"id": 7, "subject": "S", "text": "T", **ticket}),
        secrets={
            "github_token": "gt", "zendesk_token": "zt", "stripe_key": "sk", "slack_url": "{url}/slack",
            "llm_key": "lk",
        },
        configs={"zendesk_url": "{url}/zendesk", **LLM},
        **facts,
    )  # fmt: skip


def one_key(place: Place) -> list[str]:
    """Every attempt of a refund bears the same idempotency key, that of the ticket."""
    keys = {request.headers.get("idempotency-key") for request in place.world.requests("/stripe/v1/refunds")}
    return [] if keys == {"refund-7"} else [f"the keys of the refund are {keys}"]


TICKETS = (
    triage(
        "makes an issue of a bug",
        {},
        {"subject": "$(touch pwned) {{ 7*7 }}"},
        bodies={
            f"{REPO}/issues": [
                {
                    "title": "Ticket 7: $(touch pwned) {{ 7*7 }}",
                    "body": "It breaks.",
                    "labels": ["from-support"],
                    "assignees": [],
                }
            ]
        },
        calls={"/stripe/v1/refunds": 0, "/slack": 0},
    ),
    triage(
        "opens an issue once",
        {f"{REPO}/issues": (DOWN,)},
        {},
        state="failed",
        calls={f"{REPO}/issues": 1, "/slack": 1},
    ),
    triage(
        "refunds under one key",
        {"/llm/chat/completions": (answer("billing"),), "/stripe/v1/refunds": (DOWN, DOWN, Reply(200, REFUND))},
        {"payment": "pi_1"},
        decision=True,
        calls={"/stripe/v1/refunds": 3, "/slack": 0, f"{REPO}/issues": 0},
        check=one_key,
        but=NO_PERSON,
    ),
    triage(
        "refunds nothing that a person refuses",
        {"/llm/chat/completions": (answer("billing"),)},
        {"payment": "pi_1"},
        decision=False,
        state="failed",
        calls={"/stripe/v1/refunds": 0, "/slack": 1},
        but=NOBODY,
    ),
    triage(
        "refunds nothing without a payment",
        {"/llm/chat/completions": (answer("billing"),)},
        {},
        state="failed",
        calls={"/stripe/v1/refunds": 0, "/slack": 1},
    ),
    triage(
        "fails on a ticket that is none",
        {},
        {"id": "seven"},
        state="failed",
        calls={"/llm/chat/completions": 0, "/slack": 1},
    ),
)

# --- change_impact ---

PUSHED = TriggerEvent(
    "push",
    {
        "ref": "refs/heads/main", "before": "aaa", "after": "bbb",
        "repository": {"full_name": "acme/app", "default_branch": "main"}, "commits": [], "head_commit": {"id": "bbb"},
    },
)  # fmt: skip


def file(name: str) -> dict[str, Any]:
    """A changed file as GitHub shows it."""
    return {"filename": name, "status": "added", "additions": 1, "deletions": 0, "changes": 1}


def impact(name: str, files: list[str], replies: dict[str, tuple[Reply, ...]], **facts: Any) -> Scenario:
    """A run of change_impact."""
    known = {
        f"{REPO}/compare/aaa...bbb": (Reply(200, {"files": [file(path) for path in files]}),),
        f"{REPO}/actions/workflows/suite.yml/dispatches": (Reply(204),),
        f"{REPO}/actions/workflows/deploy.yml/dispatches": (Reply(204),),
        f"{REPO}/commits/bbb/status": (
            Reply(200, {"state": "pending", "sha": "bbb", "total_count": 1}),
            Reply(200, {"state": "success", "sha": "bbb", "total_count": 1}),
        ),
        "/slack": (OK,),
    }
    secrets = {"github_token": "gt", "slack_url": "{url}/slack"}
    return Scenario(f"change_impact {name}", {**known, **replies}, event=PUSHED, secrets=secrets, **facts)


DEPLOY = f"{REPO}/actions/workflows/deploy.yml/dispatches"
SUITE = f"{REPO}/actions/workflows/suite.yml/dispatches"
PUSHES = (
    impact(
        "deploys when the suites are green",
        ["api/a.py", "web/b.ts"],
        {},
        bodies={
            SUITE: [
                {"ref": "main", "inputs": {"suite": suite, "sha": "bbb"}}
                for suite in ("unit", "integration", "browser")
            ],
            DEPLOY: [{"ref": "main", "inputs": {"sha": "bbb"}}],
        },
        calls={"/slack": 0},
    ),
    impact("deploys no documentation", ["docs/a.md", "b.md"], {}, calls={DEPLOY: 0, SUITE: 0, "/slack": 0}),
    impact(
        "deploys nothing when a suite is red",
        ["lib/a.py"],
        {f"{REPO}/commits/bbb/status": (Reply(200, {"state": "failure", "sha": "bbb", "total_count": 1}),)},
        state="failed",
        calls={DEPLOY: 0, SUITE: 1, "/slack": 1},
    ),
    impact(
        "deploys nothing risky that a person refuses",
        ["migrations/1.sql"],
        {},
        decision=False,
        state="failed",
        calls={DEPLOY: 0, SUITE: 2, "/slack": 1},
        but=NOBODY,
    ),
)

# --- self_healing and region_rollout: kubectl is a stand-in that writes down how it was called ---

KUBECTL = r"""
case "$*" in
  *'get --output=json'*|*'--output json'*)
    containers='[{"name": "app", "image": "old"}]'
    echo '{"spec": {"replicas": 3, "template": {"spec": {"containers": '"$containers"'}}}, "status": {}}' ;;
  *logs*) echo 'a line of the log' ;;
  *scale*|*get*) echo 3 ;;
esac
"""


def kubectl(place: Place) -> str:
    """The folder of the stand-in."""
    stand_in(place.folder, "kubectl", KUBECTL)
    return str(place.folder / "bin")


def verbs(place: Place) -> list[str]:
    """The commands that changed something, in order: `restart`, `scale`, `image eu new` …"""
    found = []
    for words in recorded(place.folder):
        line = " ".join(words)
        if " restart " in line:
            found.append("restart")
        elif " scale " in line:
            found.append("scale")
        elif " image " in line:
            context = next(word.partition("=")[2] for word in words if word.startswith("--context="))
            found.append(f"{context} {words[-1].rpartition('=')[2]}")
    return found


def load(value: str, about: str = "") -> Reply:
    """What Prometheus answers; about: only to queries with this text."""
    sample = {"metric": {}, "value": [1435781451.781, value]}
    return Reply(200, {"status": "success", "data": {"resultType": "vector", "result": [sample]}}, about=about)


def did(*wanted: str) -> Any:
    """A check of what was done to the cluster, in this order."""
    return lambda place: [] if verbs(place) == list(wanted) else [f"kubectl did {verbs(place)}, not {list(wanted)}"]


PAGED = {"status": "success", "message": "Event processed", "dedup_key": "web-cpu"}


def healing(name: str, replies: dict[str, tuple[Reply, ...]], **facts: Any) -> Scenario:
    """A run of self_healing."""
    known = {
        "/prometheus/api/v1/query": (load("0.3"),),
        "/pagerduty/v2/enqueue": (Reply(202, PAGED),),
        "/slack": (OK,),
    }
    return Scenario(
        f"self_healing {name}",
        {**known, **replies},
        event=TriggerEvent("repository_dispatch", {"status": "firing", "alerts": []}),
        secrets={"pagerduty_key": "pk", "slack_url": "{url}/slack"},
        configs={"prometheus_url": "{url}/prometheus"},
        prepare=kubectl,
        **facts,
    )


HEALS = (
    healing("restarts, and that helps", {}, calls={"/pagerduty/v2/enqueue": 0, "/slack": 1}, check=did("restart")),
    healing(
        "scales out and pages when it does not",
        {"/prometheus/api/v1/query": (load("0.95"),)},
        calls={"/pagerduty/v2/enqueue": 1, "/slack": 1},
        check=did("restart", "scale"),
    ),
    healing(
        "wakes somebody when helping fails",
        {"/prometheus/api/v1/query": (DOWN,), "/pagerduty/v2/enqueue": (DOWN, DOWN, DOWN, Reply(202, PAGED))},
        state="failed",
        calls={"/prometheus/api/v1/query": 3, "/pagerduty/v2/enqueue": 4, "/slack": 0},
        check=did("restart", "scale"),
    ),
)


def rollout(name: str, replies: dict[str, tuple[Reply, ...]], **facts: Any) -> Scenario:
    """A run of region_rollout."""
    return Scenario(
        f"region_rollout {name}",
        {"/prometheus/api/v1/query": (load("0"),), "/slack": (OK,), **replies},
        inputs={"image": "new", "max_error_rate": 0.01},
        secrets={"slack_url": "{url}/slack", "prometheus_token": "pt"},
        configs={"prometheus_url": "{url}/prometheus"},
        prepare=kubectl,
        **facts,
    )


ROLLOUTS = (
    rollout(
        "goes through all regions",
        {},
        decision=True,
        calls={"/slack": 1},
        check=did("canary new", "eu new", "us new", "ap new"),
        but=NO_PERSON,
    ),
    rollout(
        "goes back everywhere, the last region first",
        {"/prometheus/api/v1/query": (load("0.2", "'us'"), load("0"))},
        decision=True,
        state="failed",
        calls={"/slack": 1},
        check=did("canary new", "eu new", "us new", "us old", "eu old", "canary old"),
        but=NO_PERSON,
    ),
    rollout(
        "takes the canary back when a person refuses",
        {},
        decision=False,
        state="failed",
        calls={"/slack": 1},
        check=did("canary new", "canary old"),
        but=NOBODY,
    ),
)

# --- orders_etl: a real PostgreSQL, a real git; dbt is a stand-in ---


def models(place: Place) -> str:
    """A repository of models, a table of orders, and a dbt that writes down how it was called."""
    repository = place.folder / "models"
    repository.mkdir()
    (repository / "dbt_project.yml").write_text("name: models\n")
    git = ["git", "-C", str(repository), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "models"], check=True)
    table = "create table orders (id int primary key, customer int, total float)"
    subprocess.run(["psql", "-Xqc", table, place.database], check=True)
    stand_in(place.folder, "dbt", "mkdir -p target; echo '{\"results\": []}' > target/run_results.json")
    return str(place.folder / "bin")


def orders(*wanted: int, built: bool) -> Any:
    """A check of the rows of the table, and whether dbt was called."""

    def check(place: Place) -> list[str]:
        rows = ["psql", "-XAtc", "select id from orders order by id", place.database]
        seen = subprocess.run(rows, capture_output=True, text=True, check=True).stdout.split()
        found = [] if seen == [str(one) for one in wanted] else [f"the table holds {seen}"]
        called = (place.folder / "calls").exists()
        return found if called == built else [*found, f"dbt was {'' if called else 'not '}called"]

    return check


def order(number: int) -> dict[str, Any]:
    """An order."""
    return {"id": number, "customer": 1, "total": 2.5}


def page(*numbers: int, pages: list[int] | None = None) -> Reply:
    """A page of orders."""
    body: dict[str, Any] = {"orders": [order(number) for number in numbers]}
    return Reply(200, body if pages is None else {**body, "pages": pages})


def etl(name: str, pages: tuple[Reply, ...], **facts: Any) -> Scenario:
    """A run of orders_etl. pages: the answers of the shop in turn."""
    return Scenario(
        f"orders_etl {name}",
        {"/shop/orders": pages, "/slack": (OK,)},
        inputs={"day": "2026-03-01"},
        secrets={"shop_token": "st", "warehouse_url": "{database}", "slack_url": "{url}/slack"},
        configs={"shop_url": "{url}/shop"},
        prepare=models,
        edits=((r"https://github\.com/acme/models\.git", "file://{folder}/models"), ("max 4", "max 1")),
        **facts,
    )


ORDERS = (
    etl(
        "loads all pages, then builds",
        (page(1, 2, pages=[2, 3]), page(3), page(4)),
        calls={"/shop/orders": 3, "/slack": 1},
        check=orders(1, 2, 3, 4, built=True),
    ),
    etl(
        "builds when there is one page only",
        (DOWN, page(1, pages=[])),
        calls={"/shop/orders": 2, "/slack": 1},
        check=orders(1, built=True),
    ),
    etl(
        "builds nothing when a page stays away",
        (page(1, pages=[2]), DOWN),
        state="failed",
        calls={"/shop/orders": 5, "/slack": 1},
        check=orders(1, built=False),
    ),
)

# --- nightly_backups: a real PostgreSQL with its own tools, a real boto3 against moto's S3 ---

TABLE = "create table t (id int primary key, name text); insert into t values (1, 'x'), (2, $$y'; $(id)$$)"
# The function has no schema in front of its table, and a restore has an empty search_path: no row can be read back.
# https://www.postgresql.org/docs/current/sql-createtable.html: a CHECK must not read other tables for this reason.
BROKEN = """
create table plans (name text primary key);
insert into plans values ('free');
create function known(plan text) returns bool language sql as 'select exists (select 1 from plans where name = plan)';
create table accounts (id int primary key, plan text check (known(plan)));
insert into accounts values (1, 'free');
"""
DATABASES = ("orders", "users", "billing")
KEPT, OLD = 29, 31  # days; both also when midnight passes in the middle of the test


def psql(url: str, statement: str) -> str:
    """What psql prints for a statement."""
    command = ["psql", "-XqAt", "--set=ON_ERROR_STOP=1", "-c", statement, url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def databases(busy: str = "", **others: str) -> Any:
    """Three databases, with `others` in the place of the usual table, and a bucket with old and newer objects.

    busy: the database whose dump the store does not take the first two times.
    """

    def prepare(place: Place) -> str:
        assert place.store
        for name in DATABASES:
            psql(place.database, f"drop database if exists restore_{name}")
            psql(place.database, f"create database {place.database.rpartition('/')[2]}_{name}")
            psql(f"{place.database}_{name}", others.get(name, TABLE))
            place.store.put(f"{name}/old", OLD)
            place.store.put(f"{name}/kept", KEPT)
        place.store.put("other/old", OLD)
        if busy:
            place.store.faults.busy[f"PUT /{place.store.bucket}/{busy}/{today()}.dump"] = 2
        return ""

    return prepare


def today() -> str:
    """The day, of which the flow makes keys."""
    return datetime.now(UTC).date().isoformat()


def backups(
    *names: str, expired: bool, told: tuple[str, ...] = (), broken: str = "", requests: Mapping[str, int] | None = None
) -> Any:
    """A check of the bucket: dumps of these databases, which restore; of the server; and of what Slack was told.

    requests: database → how often the store was sent its dump: boto3's own retries would show here.
    """

    def check(place: Place) -> list[str]:
        assert place.store
        dumps = [key for key in place.store.listed() if key.endswith(".dump")]
        wanted = sorted(f"{name}/{today()}.dump" for name in names)
        found = [] if dumps == wanted else [f"the dumps are {dumps}, not {wanted}"]
        for name, times in (requests or {}).items():
            sent = place.store.faults.asked[f"PUT /{place.store.bucket}/{name}/{today()}.dump"]
            found += [] if sent == times else [f"the dump of {name} was sent {sent} times, not {times}"]
        others = sorted(set(place.store.listed()) - set(dumps))
        left = ["kept"] if expired else ["kept", "old"]
        kept = sorted([*(f"{name}/{one}" for name in DATABASES for one in left), "other/old"])
        found += [] if others == kept else [f"beside dumps there are {others}, not {kept}"]
        scratch = psql(place.database, "select datname from pg_database where datname like 'restore%'")
        found += [f"left on the server: {scratch}"] if scratch else []
        texts = [str(request.json()) for request in place.world.requests("/slack")]
        # Kestra names the loop that failed, and says so when it compiles
        named = [f"Backup of {today()}: {name} failed: " for name in (*told, "for_database")]
        found += [f"Slack got {text}" for text in texts if not any(name in text for name in named)]
        rows = {key: restored(place, key) for key in dumps}
        intact = {key: "nothing" if key.startswith(f"{broken}/") else "2" for key in dumps}
        return found if rows == intact else [*found, f"the dumps hold {rows}, not {intact}"]

    return check


def restored(place: Place, key: str) -> str:
    """How many rows the table of a stored dump has, restored by hand in a fresh database; "nothing" if it cannot be."""
    assert place.store
    psql(place.database, "create database by_hand")
    url = f"{place.database.rpartition('/')[0]}/by_hand"
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(place.store.get(key))
            file.flush()
            done = subprocess.run(["pg_restore", "--exit-on-error", f"--dbname={url}", file.name], capture_output=True)
        return "nothing" if done.returncode else psql(url, "select count(*) from t")
    finally:
        psql(place.database, "drop database by_hand")


def backup(name: str, **facts: Any) -> Scenario:
    """A run of nightly_backups."""
    return Scenario(
        f"nightly_backups {name}",
        {"/slack": (OK,)},
        secrets={
            **{f"{database}_url": f"{{database}}_{database}" for database in DATABASES},
            "scratch_url": "{database}", "slack_url": "{url}/slack", **facts.pop("secrets", {}),
        },
        configs={"s3_endpoint": "{store}"},
        bucket="acme-backups",
        but={"github": "a virtual environment for each of its two dozen steps with packages takes minutes"},
        **facts,
    )  # fmt: skip


BACKUPS = (
    backup(
        "keeps thirty days of what restores, and stores again what a busy store did not take",
        prepare=databases(busy="orders"),
        calls={"/slack": 0},
        attempts={"database/store[0]": 3, "database/store[1]": 1, "database/restore[0]": 1},
        check=backups(*DATABASES, expired=True, requests={"orders": 3, "users": 1}),
    ),
    backup(
        "expires nothing when a dump does not restore and another cannot be made",
        prepare=databases(users=BROKEN),
        secrets={"billing_url": "{database}_nothing"},
        state="failed",
        calls={"/slack": 1},
        attempts={"database/restore[0]": 1, "database/restore[1]": 3, "database/dump[2]": 3},
        check=backups("orders", "users", expired=False, told=("restore", "dump"), broken="users"),
    ),
)

SCENARIOS = (*RELEASE, *TICKETS, *PUSHES, *HEALS, *ROLLOUTS, *ORDERS, *BACKUPS)
