'''destructive-command: a script takes away a whole thing, and nobody is asked

## What it finds
In scripts with no `approve` on the way to them: `git push --force` to main, master, trunk or production, and their
deletion; `kubectl delete` of a namespace or a volume claim, `dropdb`, `docker volume rm`, `aws dynamodb
delete-table`, `aws ec2 terminate-instances`, `gcloud projects delete` and `gcloud sql instances delete` of a constant
name; `kubectl delete KIND --all` but of pods and jobs; `docker volume prune --all`; `db.dropDatabase()` by `mongosh
--eval`; `terraform destroy -auto-approve`; `aws s3 rm --recursive`, `gsutil rm -r` and `gcloud storage rm -r` of a
whole bucket, `aws s3 rb --force`; `aws rds delete-db-instance --skip-final-snapshot`, `delete-db-cluster` likewise;
`az group delete --yes`; `redis-cli FLUSHALL`; DELETE and UPDATE of all rows by `psql -c`, `mysql -e` and the like.
Left out are `--force-with-lease`, `--dry-run`, `-target`, names of what is there to be thrown away (`shop_test`,
`pr-7`, `preview`) and of variables without one constant value, what the script makes itself, before or behind it,
temporary tables and databases in /tmp, and `on failure`, `finally` and `undo`.

## Why
None of these can be taken back, and a flow does them by itself, with whatever account is set up at that moment. Their
manuals warn: `--force` "can cause the remote repository to lose commits; use it with care" (git-push), `-auto-approve`
"skips interactive approval" (Terraform), "this deletes everything under the namespace" (Kubernetes, Namespaces
Walkthrough).

## Bad
```wf
flow renew {
  defaults { timeout 20m }
  task away = shell("terraform destroy -auto-approve")
}
```
```wf
flow publish {
  defaults { timeout 5m }
  task push = shell("""
    git commit --amend --no-edit
    git push --force origin main
  """)
}
```

## Good
```wf
flow renew {
  defaults { timeout 20m }
  approve go = "Take down the whole environment?" timeout 4h
  task away = shell("terraform destroy -auto-approve") after go
}
```
```wf
flow publish {
  defaults { timeout 5m }
  task push = shell("git push --force-with-lease origin main")
}
```
'''

from __future__ import annotations

from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.facts import facts
from wfc.checks.scripts_twice import destroyed, own_script, statement_span
from wfc.diagnostic import WARNING
from wfc.patterns import IGNORECASE, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

TOOL = ready(
    r"\b(?:git|kubectl|oc|docker|mongosh?|terraform|tofu|aws|gsutil|gcloud|az|dropdb|redis-cli|psql|mysql|mariadb|sqlite3|duckdb|clickhouse-client)\b"
)
VERB = ready(r"\b(?:push|delete|destroy|rm|rb|dropdb|flushall|update|prune|dropdatabase|terminate)\b", IGNORECASE)
"""Scripts without one of each need not be read."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for each such call of a script."""
    for task, place in placed_tasks(flow):
        for title, call in named_calls(task):
            script = own_script(call) if place.section == "body" and call is not task.undo else None
            if script is None or not (TOOL.search(script) and VERB.search(script)):
                continue
            from wfc.embedded.shell_destroys import DESTRUCTION

            group = destroyed(call, DESTRUCTION)
            for found in () if group and facts(flow).is_approved(task) else group:
                yield CHECK.found(
                    f"{found.what} in {title} {found.effect}",
                    statement_span(flow, call, found),
                    why="It can't be taken back, and nobody is asked.",
                    help='put an `approve` before it, take away less, or say `allow WF416 "why"`',
                )


CHECK = Check("WF416", "destructive-command", WARNING, __name__, find)
