"""What counts as an effect that can't be undone, by the documentation of each service and program."""

from __future__ import annotations

import pytest

from checks.finding import flow
from wfc.checks.irreversible import irreversible, script_calls
from wfc.embedded.shell import classify
from wfc.pipeline import load_texts
from wfc.walk import tasks

MONEY = 'http.post(url: "{0}", form: {{}})'


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        # the author, whatever else is known
        ('shell("./pay.sh") effect keyed, irreversible "it pays"', "the script"),
        ('python("return 1") -> int effect unsafe, irreversible "it pays"', "the Python code"),
        ('http.post(url: "https://erp.example.com/book", json: {}) effect keyed, irreversible "booked"', "`POST"),
        ('http.delete(url: "https://a.example.com/x") effect safe "a cache"', ""),
        ('shell("kubectl delete ns demo") effect safe "made anew each night"', ""),
        # the catalog
        ('stripe.refund(key: k, payment: "pi")', "`stripe.refund`"),
        ('s3.delete(bucket: "b", key: "k")', "`s3.delete`"),
        ('s3.put(bucket: "b", key: "k", file: f.f)', ""),
        ('slack.post(url: k, text: "x")', ""),
        ('http.delete(url: "https://a.example.com/x")', "`DELETE"),
        # money, by the references of the services
        (MONEY.format("https://api.stripe.com/v1/refunds"), "`POST https://api.stripe.com/v1/refunds`"),
        (MONEY.format("https://api.stripe.com/v1/payment_intents/{id}/confirm"), "`POST"),
        (MONEY.format("https://api.stripe.com/v1/customers"), ""),
        (MONEY.format("https://api.stripe.com/v1/charges/{id}"), ""),
        (MONEY.format("https://stripe.example.com/v1/refunds"), ""),
        (MONEY.format("https://api-m.paypal.com/v2/payments/captures/{id}/refund"), "`POST"),
        (MONEY.format("https://connect.squareup.com/v2/refunds"), "`POST"),
        (MONEY.format("https://api.mollie.com/v2/payments/{id}/refunds"), "`POST"),
        (MONEY.format("https://api.gocardless.com/refunds"), "`POST"),
        (MONEY.format("https://api.wise.com/v3/profiles/1/transfers/{id}/payments"), "`POST"),
        ('http.get(url: "https://api.stripe.com/v1/refunds")', ""),
        # scripts
        ('shell("kubectl -n prod delete namespace demo")', "`kubectl -n prod delete namespace demo`"),
        ('shell("kubectl delete pod web-1")', ""),
        ('shell("kubectl get ns")', ""),
        ('shell("echo kubectl delete ns demo")', ""),
        ('shell("# kubectl delete ns demo\\ntrue")', ""),
        ('shell("if ./old; then sudo terraform destroy -auto-approve; fi")', "`sudo terraform destroy -auto-approve`"),
        ('shell("terraform apply plan")', ""),
        ('shell("aws --profile p s3 rm --recursive s3://b/x")', "`aws --profile p s3 rm"),
        ('shell("aws s3 cp a s3://b/a")', ""),
        ('shell("npm publish")', "`npm publish`"),
        ('shell("npm run publish-docs")', ""),
        ('shell("rm -rf build")', ""),
        ('shell("curl -X DELETE https://a.example.com/x")', "`curl -X DELETE"),
        ('shell("curl -fsS https://api.stripe.com/v1/refunds -d amount=1")', "`curl"),
        ('shell("curl -fsS https://api.stripe.com/v1/refunds")', ""),
        ("shell(\"psql -c 'delete from orders where id = 1'\")", "`psql"),
        ("shell(\"psql -c 'select 1'\")", ""),
        # Python
        ('python("import stripe\\nstripe.Refund.create(charge=c)", args: { c: id })', "`stripe.Refund.create`"),
        ("python(\"import requests\\nrequests.post('https://api.stripe.com/v1/refunds')\")", "the Python code"),
        ("python(\"import requests\\nrequests.get('https://api.stripe.com/v1/refunds')\")", ""),
        ("python(\"return 'requests.delete(x)'\")", ""),
        ('python("from httpx import delete as remove\\nremove(u)", args: { u: id })', "`httpx.delete`"),
        ("python(\"import boto3\\nboto3.client('s3').delete_object(Bucket='b', Key='k')\")", "`delete_object`"),
        ("python(\"import requests\\nx = requests.get('https://a')  # stripe.Refund.create(charge=c)\")", ""),
        (
            "python(\"from httpx import post\\npost(f'https://api.stripe.com/v1/charges/{{c}}/capture')\")",
            "the Python code",
        ),
        (
            "python(\"import requests as r\\n# https://api.stripe.com/v1/refunds\\nr.post('https://a.example.com')\")",
            "",
        ),
        # SQL
        ('sql.execute(url: k, sql: "delete from orders where id = :id", params: { id: id })', "the SQL statement"),
        ('sql.execute(url: k, sql: "update orders set deleted = true")', ""),
        ('sql.execute(url: k, sql: "update orders set x = 1 -- ; drop table y")', ""),
        ('sql.execute(url: k, sql: "insert into a values (1); truncate b")', "the SQL statement"),
    ],
)
def test_what_cannot_be_undone(call: str, expected: str) -> None:
    text = flow(f'secret k input id: string task f = shell("x") -> {{ f: file }} task a = {call}')
    loaded = load_texts([("f.wf", text)])
    assert [item for item in loaded.diagnostics if item.severity == "error"] == []
    found = irreversible(list(tasks(loaded.project.flows[0]))[-1].call)
    assert found.startswith(expected) if expected else found == ""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('kubectl delete ns "$NS" --dry-run=client', ""),
        ('kubectl delete ns "$NS" --dry-run=none', "`kubectl"),
        ("aws s3 rm --dryrun s3://b/x", ""),
        ("cargo publish --dry-run", ""),
        ("cargo publish -n", ""),
        ("cargo publish", "`cargo publish`"),
        ("terraform destroy --help", ""),
        ("terraform destroy", "`terraform destroy`"),
        ("terraform apply -destroy", "`terraform apply"),
        ('aws sqs send-message --queue-url q --message-body "please s3 rm this"', ""),
        ("kubectl annotate ns x delete me", ""),
        ("gcloud logging write delete message", ""),
        ("gcloud logging write logs delete", ""),
        ("gcloud -q compute instances delete web", "`gcloud"),
        ("gcloud projects delete shop", "`gcloud"),
        ("gcloud compute instances list", ""),
        ("az vm delete --yes --ids x", "`az"),
        ("az boards work-item update --title delete", ""),
        ('kubectl delete -n prod pod "$POD"', ""),
        ("kubectl delete pod/web-1", ""),
        ("kubectl delete --grace-period 0 pod web", ""),
        ("kubectl delete -n prod deployment web", "`kubectl"),
        ("kubectl delete -f a.yml", "`kubectl"),
        ("kubectl apply -f a.yml\n./t\nkubectl delete -f a.yml", ""),
        ('sudo -u deploy kubectl delete ns "$NS"', "`sudo -u deploy kubectl"),
        ("/usr/local/bin/kubectl delete ns x", "`/usr/local/bin/kubectl"),
        ("ssh host kubectl delete ns x", "`ssh host kubectl"),
        ("ssh host kubectl get ns", ""),
        ('bash -c "terraform destroy -auto-approve"', "`bash -c"),
        ('bash -c "terraform plan"', ""),
        ("psql <<EOF\ndrop table t\nEOF", "`psql"),
        ("psql <<EOF\nselect 1\nEOF", ""),
        ("psql -c \"insert into log values ('; drop table t')\"", ""),
        ("psql -c 'create temp table t (a int); drop table t'", ""),
        ("sqlite3 /tmp/x.db 'drop table t'", ""),
        ("sqlite3 /srv/x.db 'drop table t'", "`sqlite3"),
        ("git push --force origin main", "`git push"),
        ("git push -n -f origin main", ""),
        ("git push origin main", ""),
        ("git push --force origin topic", ""),
        ("curl -X DELETE $URL", "`curl"),
        ("curl -XDELETE https://a.example.com/x", "`curl"),
        ("curl -d '-X DELETE' https://a.example.com/x", ""),
        ("curl -o f https://api.stripe.com/v1/refunds", ""),
        ("helm uninstall web", "`helm"),
        ("pulumi destroy --yes", "`pulumi"),
        ("pulumi up --yes", ""),
        ("dropdb shop", "`dropdb"),
        ("dropdb --help", ""),
        ("gsutil -m rm -r gs://b/x", "`gsutil"),
        ("stripe refunds create --charge c", "`stripe"),
        ("stripe refunds list", ""),
        ("createdb x\n./t\ndropdb x", ""),
        # kubernetes.io/docs/reference/kubectl: the tool asks for the flag because local data is lost
        ("kubectl drain n1 --delete-emptydir-data", "`kubectl drain"),
        ("kubectl drain n1 --ignore-daemonsets", ""),
        ("kubectl delete pods --all", ""),
        ("kubectl delete --all pvc", "`kubectl"),
        ("aws s3 sync dist s3://site --delete", "`aws s3 sync"),
        ("aws s3 sync dist s3://site", ""),
        ("aws s3 sync s3://site dist --delete", ""),
        ("aws s3 sync dist s3://site --delete --dryrun", ""),
        ("docker volume rm pgdata", "`docker volume rm"),
        ("docker volume create x\n./t\ndocker volume rm x", ""),
        ("docker volume prune -f", "`docker volume prune"),
        ("docker system prune -af --volumes", "`docker system prune"),
        ("docker system prune -af", ""),
        ("mongosh \"$URL\" --eval 'db.dropDatabase()'", "`mongosh"),
        ("mongosh shop --eval 'db.orders.countDocuments()'", ""),
    ],
)
def test_what_a_script_takes_away(script: str, expected: str) -> None:
    found = next(script_calls(script), "")
    assert found.startswith(expected) if expected else found == ""


def test_a_subcommand_may_have_the_name_of_a_setting() -> None:
    assert classify("acme lasting", {"acme": {"lasting": "safe"}}).kind == "safe"
