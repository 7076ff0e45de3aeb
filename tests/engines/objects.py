"""An S3 server (moto) on loopback, with an empty bucket for each test; it can be made to refuse what it is asked."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
from moto.s3.models import s3_backends
from moto.server import create_backend_app
from werkzeug.serving import make_server

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


@dataclass
class Faults:
    """What the server refuses: `PUT /bucket/key` → how often it will still say that it is busy. asked: all requests."""

    busy: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class ObjectStore:
    """A bucket, and how to reach it: `settings` are the keyword arguments of a boto3 client, `environment` the same
    as variables for programs that use an AWS SDK. faults: see Faults."""

    bucket: str
    endpoint: str
    faults: Faults

    @property
    def settings(self) -> dict[str, str]:
        """Keyword arguments of `boto3.client("s3", …)`."""
        return {
            "endpoint_url": self.endpoint,
            "aws_access_key_id": "wfc",
            "aws_secret_access_key": "wfc",
            "region_name": "us-east-1",
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {"AWS_ENDPOINT_URL": self.endpoint, **self.login}

    @property
    def login(self) -> dict[str, str]:
        """The environment variables without the address."""
        return {"AWS_ACCESS_KEY_ID": "wfc", "AWS_SECRET_ACCESS_KEY": "wfc", "AWS_DEFAULT_REGION": "us-east-1"}

    def listed(self) -> list[str]:
        """The keys of all objects, in order."""
        found = boto3.client("s3", **self.settings).list_objects_v2(Bucket=self.bucket)
        return [item["Key"] for item in found.get("Contents", [])]

    def get(self, key: str) -> bytes:
        """What an object holds."""
        body: bytes = boto3.client("s3", **self.settings).get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def put(self, key: str, days: int) -> None:
        """An object that was last changed so many days ago; no client can say that, so moto's own record is changed."""
        boto3.client("s3", **self.settings).put_object(Bucket=self.bucket, Key=key, Body=b"old")
        record: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[self.bucket].keys[key]
        record.last_modified = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)


class ObjectStores:
    """The server; `bucket` makes a new one."""

    def __init__(self) -> None:
        self._faults, self._lock = Faults(), threading.Lock()
        self._app: Any = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, True, request_handler=MotoRequestHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._names = (f"wfc-{number}" for number in itertools.count(1))

    def bucket(self, name: str = "") -> ObjectStore:
        """A new, empty bucket; one that had this name is gone, with what it held."""
        self._faults = Faults()
        store = ObjectStore(name or next(self._names), f"http://127.0.0.1:{self._server.server_port}", self._faults)
        client = boto3.client("s3", **store.settings)
        if name in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
            for key in store.listed():
                client.delete_object(Bucket=name, Key=key)
            client.delete_bucket(Bucket=name)
        client.create_bucket(Bucket=store.bucket)
        return store

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _answer(self, request: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        """Count a request; then refuse it, or hand it to moto."""
        asked = f"{request['REQUEST_METHOD']} {request['PATH_INFO']}"
        with self._lock:
            self._faults.asked[asked] += 1
            refused = self._faults.busy[asked] > 0
            self._faults.busy[asked] -= refused
        if not refused:
            answer: Iterable[bytes] = self._app(request, begin)
            return answer
        request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0))
        begin("503 Slow Down", [("Content-Type", "application/xml"), ("Content-Length", str(len(BUSY)))])
        return [BUSY]
