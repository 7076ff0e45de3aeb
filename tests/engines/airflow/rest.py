"""Airflow's REST API (v2) as the tests need it: JSON in, JSON out, once more when sqlite was locked."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

# The API server answers these while another process holds the lock of the sqlite file.
LOCKED = (404, 500)


class Refused(Exception):
    """An answer of 400 or above that stayed."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status


class Rest:
    """A client of one API server on loopback."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._token = ""

    def healthy(self) -> bool:
        """Whether the scheduler, the DAG processor and the triggerer all beat."""
        try:
            health = self._send("GET", "/api/v2/monitor/health", None)
        except (OSError, Refused, ValueError):
            return False
        return all(
            health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")
        )

    def call(self, method: str, *path: object, body: object = None, patient: bool = True, **query: str) -> Any:
        """One request to /api/v2/PATH…, each part quoted. Raises Refused; `patient` tries again for a second or two."""
        words = "/".join(part if part == "~" else urllib.parse.quote(str(part), "") for part in path)
        target = f"/api/v2/{words}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        if not self._token:
            self._token = self._send("GET", "/auth/token", None)["access_token"]
        for wait in (0.3, 0.6, 1.2) if patient else ():
            try:
                return self._send(method, target, body)
            except TimeoutError:
                continue
            except Refused as refused:
                if refused.status not in LOCKED:
                    raise
                time.sleep(wait)
        return self._send(method, target, body)

    def _send(self, method: str, target: str, body: object) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + target, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode(errors="replace")[:2000]) from None
