"""An S3 server (moto) on loopback, with an empty bucket for each test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import boto3
from moto.server import ThreadedMotoServer


@dataclass(frozen=True)
class ObjectStore:
    """A bucket, and how to reach it: `settings` are the keyword arguments of a boto3 client, `environment` the same
    as variables for programs that use an AWS SDK."""

    bucket: str
    endpoint: str

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
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "wfc",
            "AWS_SECRET_ACCESS_KEY": "wfc",
            "AWS_DEFAULT_REGION": "us-east-1",
        }


class ObjectStores:
    """The server; `bucket` makes a new one."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self._names = (f"wfc-{number}" for number in itertools.count(1))

    def bucket(self) -> ObjectStore:
        """A new, empty bucket."""
        host, port = self._server.get_host_and_port()
        store = ObjectStore(next(self._names), f"http://{host}:{port}")
        boto3.client("s3", **store.settings).create_bucket(Bucket=store.bucket)
        return store

    def close(self) -> None:
        """Stop the server."""
        self._server.stop()
