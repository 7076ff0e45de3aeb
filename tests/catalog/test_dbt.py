"""The dbt actions, run by dbt on a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.postgres_server import PASSWORD, PostgresServer
from catalog.runner import Failed, run

pytestmark = pytest.mark.slow
FILES = {
    "dbt_project.yml": "name: shop\nversion: '1.0'\nconfig-version: 2\nprofile: shop\n",
    "seeds/orders.csv": "id,total\n1,5\n2,7\n",
    "models/big.sql": "select * from {{ ref('orders') }} where total > {{ var('least') }}\n",
    "models/schema.yml": "models: [{name: big, columns: [{name: id, data_tests: [unique, not_null]}]}]\n",
}
PROFILE = """
shop:
  target: none
  outputs:
    warehouse:
      {{type: postgres, host: 127.0.0.1, port: {port}, user: admin, dbname: postgres, schema: shop, threads: 1,
       password: "{{{{ env_var('WAREHOUSE_PASSWORD') }}}}"}}
"""


@pytest.fixture
def folder(postgres: PostgresServer, tmp_path: Path) -> Path:
    """A folder with a dbt project in `shop` and its profiles in `profiles`."""
    for name, text in FILES.items():
        (tmp_path / "shop" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / name).write_text(text)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/profiles.yml").write_text(PROFILE.format(port=postgres.port))
    postgres.query("drop schema if exists shop cascade")
    return tmp_path


def test_seed_run_test_build(folder: Path, tools: Path, postgres: PostgresServer) -> None:
    def dbt(action: str, **arguments: Any) -> Any:
        given = {
            "project": "shop",
            "profiles": "profiles",
            "target": "warehouse",
            "variables": {"least": 5},
            "secrets": {"WAREHOUSE_PASSWORD": PASSWORD},
            **arguments,
        }
        return run(f"dbt.{action}", given, folder, {"PATH": f"{tools}:/usr/bin:/bin", "DO_NOT_TRACK": "1"})

    assert dbt("seed") == {"done": 1, "warned": 0, "failed": 0, "skipped": 0}
    assert dbt("run", select=["big"], full_refresh=True) == {"done": 1, "warned": 0, "failed": 0, "skipped": 0}
    assert postgres.query("select id, total from shop.big") == "2|7"
    assert dbt("test", exclude=["not_null_big_id"]) == {"done": 1, "warned": 0, "failed": 0, "skipped": 0}
    # a seed, a view and its two tests
    assert dbt("build", variables={"least": 1}) == {"done": 4, "warned": 0, "failed": 0, "skipped": 0}
    assert postgres.query("select count(*) from shop.big") == "2"
    (folder / "shop/models/big.sql").write_text("select 1 as id union all select 1\n")
    with pytest.raises(Failed, match="dbt build failed with exit code 1"):
        dbt("build")
