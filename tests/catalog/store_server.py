"""moto's S3 on loopback, in a process of its own."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

LOGIN = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}
"""A signature that moto reads the user from and does not verify."""


class StoreServer:
    """Starts on a free port, which moto prints; stops at the end of the `with`."""

    def __init__(self, tools: Path) -> None:
        self._process = subprocess.Popen(
            [str(tools / "moto_server"), "--host", "127.0.0.1", "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        line = next((line for line in self._process.stderr if "http://" in line), "")
        self.url = "http://" + line.strip().rpartition("http://")[2].rstrip("/ ")

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """One plain request to the store: status and body."""
        request = urllib.request.Request(self.url + path, body, LOGIN, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def arguments(self, **more: Any) -> dict[str, Any]:
        """The arguments with which every s3 action reaches this store."""
        return {"endpoint": self.url, "region": "us-east-1", "access_key": "AK", "secret_key": "SK", **more}

    def __enter__(self) -> Self:
        for _ in range(100):
            if self.call("PUT", "/box")[0] == 200:
                return self
            time.sleep(0.1)
        raise AssertionError("the store does not answer")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
