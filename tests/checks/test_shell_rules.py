"""Edges of the checks that read scripts: shell-not-rerunnable, shell-hides-failure, retry-not-idempotent and
effect-contradicted, on both sides."""

from __future__ import annotations

import pytest

from checks.finding import NAME, codes, findings, flow

DAILY = 'on schedule("0 3 * * *", timezone: "UTC") concurrency 1 skip defaults { timeout 5m }'
HOOK = 'on webhook("/x", secret: "s") defaults { timeout 5m }'
PLAIN = "defaults { timeout 5m }"
RETRY = "retry fixed(attempts: 3, every: 5s)"
POLL = "until done.ok every 30s within 10m"


def task(script: str, clauses: str = "", name: str = "a") -> str:
    """A task with a script in the form that most have."""
    return f'task {name} = shell("""\n    {script}\n  """) {clauses}'


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("git push --force origin main", True),
        ("git push -f origin HEAD:refs/heads/master", True),
        ("git push origin +main", True),
        ("git push origin :main", True),
        ("git push --delete origin main", True),
        ("git push --force-with-lease origin main", False),
        ("git push -f origin gh-pages", False),
        ("git push -f", False),
        ("git push origin main", False),
        ("kubectl delete ns shop", True),
        ("kubectl --context prod delete namespace shop --wait", True),
        ('kubectl delete namespace "$NS"', False),
        ("kubectl delete ns pr-7", False),
        ("kubectl delete ns shop --dry-run=client", False),
        ("kubectl delete ns shop\n    kubectl create ns shop", False),
        ("kubectl -n shop delete pod a", False),
        ("terraform -chdir=infra destroy -auto-approve -input=false", True),
        ("terraform apply -destroy -auto-approve", True),
        ("terraform destroy", False),
        ("terraform apply -auto-approve", False),
        ("aws s3 rm s3://reports --recursive", True),
        ('aws s3 rm --recursive "s3://$BUCKET/"', False),
        ('az group delete --yes -n "$GROUP"', False),
        ("psql \"$URL\" -c 'delete from orders'", True),
        ("aws s3 rm s3://reports/tmp/ --recursive", False),
        ('aws s3 rm s3://reports --recursive --exclude "*.csv"', False),
        ("aws s3 rm s3://reports/a.csv", False),
        ("aws s3 rb --force s3://reports", True),
        ("gsutil -m rm -r gs://reports", True),
        ("gcloud storage rm -r gs://reports/day", False),
        ("dropdb -h db shop", True),
        ("dropdb --if-exists shop\n    createdb shop", False),
        ("dropdb shop_test", False),
        ("az group delete -n shop --yes", True),
        ("redis-cli -h cache FLUSHALL", True),
        ("redis-cli GET flushall", False),
        ("psql -c 'delete from orders'", True),
        ("mysql shop -e 'update orders set state = 1'", True),
        ("psql -c 'delete from orders where day < 1'", False),
        ("psql -c 'delete from orders; insert into orders select * from stage'", False),
        ("psql <<SQL\n    delete from orders\n    SQL", True),
        ("psql -c 'truncate orders'", False),
        ("ssh app1 'dropdb shop'", True),
        ("drop() { dropdb shop; }\n    drop", True),
        ("drop() { dropdb shop; }", False),
        ("echo terraform destroy -auto-approve", False),
        # -n is --dry-run (git-push)
        ("git push -n -f origin main", False),
        ("git push -nf origin main", False),
        ("kubectl delete ns shop --dry-run=none", True),
        ("terraform destroy -target=module.worker -auto-approve", False),
        # names of what is there to be thrown away, in the values of flags
        ("az group delete --yes --name rg-preview-7", False),
        ("az group delete --yes --name rg-shop", True),
        ("kubectl --context staging delete ns shop", False),
        ("terraform -chdir=envs/dev destroy -auto-approve", False),
        # made and thrown away by one script
        ("trap 'terraform destroy -auto-approve' EXIT\n    terraform apply -auto-approve\n    ./tests", False),
        ("trap 'terraform destroy -auto-approve' EXIT\n    terraform plan\n    ./tests", True),
        ("terraform -chdir=a apply -auto-approve\n    terraform -chdir=b destroy -auto-approve", True),
        ("terraform apply -destroy -auto-approve\n    terraform destroy -auto-approve", True),
        ("kubectl create namespace shop\n    ./t\n    kubectl delete namespace shop", False),
        ("kubectl create namespace shop\n    ./t\n    kubectl delete namespace other", True),
        ("kubectl create configmap a -n shop\n    kubectl delete namespace shop", True),
        ("createdb x\n    ./t\n    dropdb x", False),
        ("createdb x\n    ./t\n    dropdb y", True),
        ("az group create -n shop -l west\n    ./t\n    az group delete -n shop --yes", False),
        ("aws s3 mb s3://reports\n    ./t\n    aws s3 rb --force s3://reports", False),
        ("bash -c 'dropdb x; createdb x'", False),
        ("psql -c 'create temp table t as select 1; delete from t'", False),
        ("psql -c 'create temp table t as select 1; delete from u'", True),
        ("createdb x\n    psql x -c 'delete from y'", False),
        ("sqlite3 /tmp/x.db 'delete from y'", False),
        ("sqlite3 :memory: 'delete from y'", False),
        ("D=$(mktemp)\n    sqlite3 \"$D\" 'delete from y'", False),
        ("sqlite3 /srv/x.db 'delete from y'", True),
        # Kubernetes: claims and namespaces hold data, pods and jobs are made anew
        ("kubectl delete pvc data-0 -n prod", True),
        ("kubectl delete pvc/data-0", True),
        ("kubectl -n prod delete pvc --all", True),
        ("kubectl delete --all deploy", True),
        ("kubectl delete statefulsets.apps --all", True),
        ("kubectl delete pv pv-1", True),
        ("kubectl delete ns --all", True),
        ("oc delete project shop", True),
        ("kubectl delete pods --all", False),
        ("kubectl delete jobs --all", False),
        ("kubectl delete pod web-1", False),
        ("kubectl delete deploy web", False),
        ("kubectl delete pvc -l app=web", False),
        ("kubectl delete pvc $CLAIM", False),
        ("kubectl delete pvc data-0 -n test", False),
        ("kubectl delete pvc data-0 --dry-run=client", False),
        # clouds
        ("aws dynamodb delete-table --table-name orders", True),
        ("aws dynamodb delete-table --table-name=orders", True),
        ('aws dynamodb delete-table --table-name "$TABLE"', False),
        ("aws dynamodb delete-table --table-name orders-test", False),
        ("aws dynamodb create-table --table-name t2\n    aws dynamodb delete-table --table-name t2", False),
        ("aws dynamodb create-table --table-name t2\n    aws dynamodb delete-table --table-name t3", True),
        ("aws ec2 terminate-instances --instance-ids i-0abc123", True),
        ('aws ec2 terminate-instances --instance-ids "$ID"', False),
        ("aws rds delete-db-cluster --db-cluster-identifier shop --skip-final-snapshot", True),
        ("aws rds delete-db-cluster --db-cluster-identifier shop --final-db-snapshot-identifier s", False),
        ("aws rds delete-db-instance --db-instance-identifier shop-test --skip-final-snapshot", False),
        ("aws s3api delete-bucket --bucket acme", False),
        ("gcloud sql instances delete prod -q", True),
        ("gcloud sql instances list", False),
        ("aws s3 rm s3://acme-logs-old --recursive", True),
        ("aws s3 rm s3://acme-tmp --recursive", False),
        ("aws s3 rm s3://acme-cache --recursive", False),
        # containers and documents
        ("docker volume rm pgdata", True),
        ("docker volume rm test_data", False),
        ("docker run -d -v pg:/data postgres:17\n    ./t\n    docker volume rm pg", False),
        ("docker run -d -v pg:/data postgres:17\n    ./t\n    docker volume rm other", True),
        ("docker volume prune -af", True),
        ("docker volume prune -f", False),
        ("docker volume prune -a --filter label=ci", False),
        ("docker system prune -af --volumes", False),
        ("mongosh shop --eval 'db.dropDatabase()'", True),
        ("mongosh shop_test --eval 'db.dropDatabase()'", False),
        ("mongosh shop --eval 'db.orders.drop()'", False),
    ],
)
def test_destruction(script: str, expected: bool) -> None:
    assert ("WF416" in codes(flow(task(script), PLAIN))) is expected


@pytest.mark.parametrize(
    "text",
    [
        f'approve go = "?" timeout 1h {task("dropdb shop")}',
        f'approve go = "?" timeout 1h if run.attempt > 1 {{ {task("dropdb shop")} }}',
        f'parallel {{ approve go = "?" timeout 1h {task("dropdb shop", "after go")} }}',
        f'parallel {{ approve go = "?" timeout 1h task b = shell("x") after go {task("dropdb shop", "after b")} }}',
        f'parallel {{ approve go = "?" timeout 1h task b = shell("x") }} {task("dropdb shop")}',
        f"{task('true')} finally {{ {task('terraform destroy -auto-approve', name='b')} }}",
        task("dropdb shop", 'allow WF416 "it is made for this run"'),
    ],
)
def test_destruction_that_is_meant(text: str) -> None:
    found = codes(flow(text, PLAIN))
    assert "WF416" not in found
    assert not [code for code in found if code < "WF213"]


@pytest.mark.parametrize(
    "text",
    [
        f'{task("dropdb shop")} approve go = "?" timeout 1h',
        f'if run.attempt > 1 {{ approve go = "?" timeout 1h }} {task("dropdb shop")}',
        f'parallel {{ approve go = "?" timeout 1h {task("dropdb shop")} }}',
        f'parallel {{ {task("dropdb shop")} approve go = "?" timeout 1h after a }}',
        f'approve go = "?" -> {{ ok: bool }} timeout 1h fallback value {{ ok: false }} {task("dropdb shop")}',
    ],
)
def test_an_approval_that_is_not_in_front(text: str) -> None:
    found = codes(flow(text, PLAIN))
    assert "WF416" in found
    assert not [code for code in found if code < "WF213"]


@pytest.mark.parametrize(
    ("head", "script", "clauses", "expected"),
    [
        (DAILY, "mkdir /srv/a", "", True),
        (HOOK, "mkdir /srv/a", "", True),
        (PLAIN, "mkdir /srv/a", "", False),
        (DAILY, "mkdir a", "", False),
        (DAILY, "mkdir -p /srv/a", "", False),
        (DAILY, "[ -d /srv/a ] || mkdir /srv/a", "", False),
        (DAILY, "mkdir /srv/a", 'effect safe "the machine is new each time"', False),
        (DAILY, "useradd etl", "", True),
        (DAILY, "useradd etl", "idempotent", False),
        (DAILY, "cat in.csv >> /srv/all.csv", "", True),
        (DAILY, "cat in.csv >> all.csv", "", False),
        (DAILY, 'echo "done" >> /var/log/load', "", False),
        (DAILY, 'echo "done" >> /srv/load.log', "", False),
        (DAILY, "mail -s done ops@example.com < report.txt", "", False),
        (DAILY, 'curl -d @m.json "$HOOK"', "", False),
        (DAILY, "./load.sh", "", False),
    ],
)
def test_repeated_runs(head: str, script: str, clauses: str, expected: bool) -> None:
    assert ("WF411" in codes(flow(task(script, clauses), head), "WF411")) is expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('curl -d @m.json "$HOOK"; echo ok=true >> "$WFC_OUTPUT"', True),
        ("kubectl get job load; echo ok=true >> $WFC_OUTPUT", False),
        ("./ask.sh", False),
    ],
)
def test_polls(script: str, expected: bool) -> None:
    body = f'task done = shell("""\n    {script}\n  """) -> {{ ok: bool }} {POLL}'
    found = codes(flow(body, PLAIN), "WF411")
    assert ("WF411" in found) is expected
    assert "WF303" not in found


def test_a_script_with_a_retry_is_told_once() -> None:
    found = codes(flow(task("mkdir /srv/a", RETRY), DAILY), "WF411")
    assert [code for code in found if code in ("WF303", "WF411")] == ["WF303"]


def test_the_statement_is_shown_where_it_stands() -> None:
    text = flow(task("cp x y\n    mkdir /srv/a\n    ./load"), DAILY)
    (found,) = [item for item in findings(text, NAME, "WF411") if item.code == "WF411"]
    assert text[found.span.start : found.span.end] == "mkdir /srv/a"
    assert found.message == (
        "`mkdir /srv/a` in `a` fails when its run is repeated, because the directory exists"
    )  # fmt: skip
    assert text[found.labels[0].span.start :].startswith("on schedule(")


def test_a_statement_that_stands_there_twice_is_shown_by_its_script() -> None:
    text = flow('task a = shell("mkdir /srv/a; mkdir /srv/a")', DAILY)
    (found,) = [item for item in findings(text, NAME, "WF411") if item.code == "WF411"]
    assert text[found.span.start : found.span.end] == '"mkdir /srv/a; mkdir /srv/a"'


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("./load || true", True),
        ("./load 2>/dev/null ||:", True),
        ("curl -fsS -d @m.json https://a.example.com/x || true", True),
        ("psql -f load.sql || :", True),
        ("set +e\n    ./load", True),
        ("set +e\n    ./load\n    code=$?\n    exit $code", False),
        ("grep -c x f || true", False),
        ("n=$(grep -c x f || true)", False),
        ("docker rm -f web || true", False),
        ("kubectl delete job old || true", False),
        ("rm a || true", False),
        ("sudo -u app pkill a || true", False),
        ("kill $pid || true", False),
        ("mkdir a || true", False),
        ("git commit -m x || true", False),
        ("./load || exit 1", False),
        ("./load || ./other", False),
        ("echo '|| true'", False),
        ("if then || true", False),
    ],
)
def test_hidden_failures(script: str, expected: bool) -> None:
    assert ("WF413" in codes(flow(task(script), PLAIN))) is expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("./a | awk '{print}' | ./b\n    echo hi\n    ./export || true", "./export || true"),
        ("./a | sort | ./b\n\n    ./c | sort | ./d\n    ./export || true", "./export || true"),
        ("./a | sort | ./b\n    ./c | ./export || true", "./c | ./export || true"),
        ("./a | sort | ./export x \\\n      y || true", "./a | sort | ./export x \\"),
        ("./a | sort | ./export || true\n    echo hi", "./a | sort | ./export || true"),
    ],
)
def test_a_hidden_failure_behind_a_pipe_is_shown_where_it_stands(script: str, expected: str) -> None:
    text = flow(task(script), PLAIN)
    (found,) = [item for item in findings(text) if item.code == "WF413"]
    assert text[found.span.start : found.span.end] == expected


def test_failures_may_be_hidden_while_cleaning_up() -> None:
    told, cleaned = task("./tell || true", name="b"), task("./clean || :", name="c")
    body = f"{task('./load')} on failure {{ {told} }} finally {{ {cleaned} }}"
    assert "WF413" not in codes(flow(body, PLAIN))


@pytest.mark.parametrize(
    ("script", "clauses", "expected"),
    [
        ("kubectl get pods", "", False),
        ("kubectl apply -f a.yml", "", False),
        ("kubectl create -f a.yml", "", True),
        ("./load", "", True),
        ("./load", 'effect safe "it looks first"', False),
        ("ls", 'effect unsafe "it is not what it seems"', True),
        ("if then", "", True),
    ],
)
def test_retried_scripts(script: str, clauses: str, expected: bool) -> None:
    assert ("WF303" in codes(flow(task(script, f"{RETRY} {clauses}"), PLAIN))) is expected


def test_what_a_retry_doubles_is_named() -> None:
    text = flow(task("./prepare\n    aws sqs send-message --queue-url q --message-body b", RETRY), PLAIN)
    (found,) = [item for item in findings(text) if item.code == "WF303"]
    assert found.message == (
        "`aws sqs send-message --queue-url q --message-body b` in the script of `a` sends the message again "
        "when a retry follows an attempt that had worked"
    )
    assert text[found.labels[0].span.start : found.labels[0].span.end].startswith("aws sqs send-message")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("mkdir a", True),
        ("ln -s a b", True),
        ("echo x >> /srv/f", True),
        ("psql -c 'insert into t values (1)'", True),
        ('echo x >> "$F"', False),
        ("mkdir -p a", False),
        ("curl -d x https://a.example.com/x", False),
        ("git commit -m x", False),
        ("[ -d a ] || mkdir a", False),
    ],
)
def test_claims_that_the_text_speaks_against(script: str, expected: bool) -> None:
    found = [item for item in findings(flow(task(script, 'effect safe "it is"'), PLAIN)) if item.code == "WF402"]
    assert [item.severity for item in found] == (["warning"] if expected else [])


@pytest.mark.parametrize(
    ("script", "env", "expected"),
    [
        ('rm -rf "$D"/*', '"/"', ["WF412"]),
        ('rm -rf "$D"/*', '"/usr"', ["WF412"]),
        ('rm -rf "$D"', '"/"', ["WF412"]),
        ("rm -rf $D", '"/etc/"', ["WF412"]),
        ("rm -rf ${D}/*", '"/"', ["WF412"]),
        ("rm -rf $D/*", '"/tmp"', []),
        ("rm -rf $D/cache", '"/home/app"', []),
        ("D=/\nrm -rf $D", "", ["WF412"]),
        ('D=$HOME\ncd build\nrm -rf "$D"', "", ["WF412"]),
        ("if [ -d x ]; then D=/usr; rm -rf $D; fi", "", ["WF412"]),
        ('D=/tmp/build\nrm -rf "$D"/*', "", []),
        # it may be something else
        ("D=/\nD=/tmp/x\nrm -rf $D", "", []),
        ("D=/tmp/x\nrm -rf $D", '"/"', []),
        ("D=/\nread D\nrm -rf $D", "", []),
        ("D=/\nD+=tmp/x\nrm -rf $D", "", []),
        ("for D in /tmp/a /tmp/b; do rm -rf $D; done", '"/"', []),
        ('eval "$(./settings)"\nrm -rf $D', '"/"', []),
        ("D=/ ./x\nrm -rf ${D:-build}", "", []),
        # others than rm
        ('aws s3 rm --recursive "$D"', '"s3://acme"', ["WF416"]),
        ("B=s3://acme\naws s3 rm --recursive $B", "", ["WF416"]),
        ('aws s3 rm --recursive "$D"', '"s3://acme/day"', []),
        ('git push --force origin "$D"', '"main"', ["WF416"]),
        ('git push --force origin "$D"', '"pr-7"', []),
        ('kubectl delete namespace "$D"', '"shop-test"', []),
        ('B=shop-test\naws s3 rm --recursive "s3://$B"', "", []),
        ('B=shop\naws s3 rm --recursive "s3://$B"', "", ["WF416"]),
        # the text of another shell, with variables of its own
        ("B=main\nssh host 'B=pr-7; git push --force origin \"$B\"'", "", []),
        ("B=pr-7\nssh host 'git push --force origin main'", "", ["WF416"]),
        ('B=main\nssh host "git push --force origin $B"', "", ["WF416"]),
        ("B=main\nbash -c 'B=$1; git push --force origin \"$B\"' _ wip", "", []),
        ("D=/\nbash -c 'D=/tmp/x; rm -rf \"$D\"/*'", "", []),
        ('D=/\nbash -c "rm -rf $D"', "", ["WF412"]),
        ('D=/\nbash -c "D=/tmp/x; rm -rf \\$D"', "", []),
        ("D=/\nbash <<'END'\nD=/tmp/x\nrm -rf $D\nEND", "", []),
        ("D=/\nbash <<END\nrm -rf $D\nEND", "", ["WF412"]),
        ("D=/\nrm -rf ${D%x} ${#D}", "", []),
        ('D=/\nN=größe; ./x $D "$N$N"; rm -rf $D', "", ["WF412"]),
    ],
)
def test_variables_with_one_constant_value(script: str, env: str, expected: list[str]) -> None:
    given = f", env: {{ D: {env} }}" if env else ""
    lines = "\n".join(f"    {line}" for line in script.split("\n"))
    text = flow(f'task t = shell("""\n{lines}\n  """{given})')
    found = [item for item in findings(text) if item.code in ("WF412", "WF416")]
    assert [item.code for item in found] == expected
    told = [text[item.span.start : item.span.end] for item in found]
    assert all(one in script and one.startswith(("rm", "git", "aws", "ssh", "bash")) for one in told), told


def test_a_call_with_its_variables_put_in_is_shown_as_it_is_written() -> None:
    text = flow(
        'task t = shell("""\n    N=größe; D=/; ./x $D "$N$N"; rm -rf "${D}" build; B=main\n'
        "    git push -f origin $B $N\n"
        '  """)'
    )
    found = [item for item in findings(text) if item.code in ("WF412", "WF416")]
    assert [text[item.span.start : item.span.end] for item in found] == [
        'rm -rf "${D}" build',
        "git push -f origin $B $N",
    ]
    assert [item.message.partition(" in ")[0] for item in found] == [
        '`rm -rf "${D}" build`',
        "`git push -f origin $B $N`",
    ]
