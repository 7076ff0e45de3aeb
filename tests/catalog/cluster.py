"""A double of the Kubernetes API server on loopback: enough of it for the real kubectl to work with.

It keeps objects by their path, merges patches into them (named list items by name, as a strategic merge does), and
answers discovery with what the tests use. https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]


def resource(name: str, kind: str, namespaced: bool = True) -> dict[str, Any]:
    """One resource of a discovery document."""
    return {"name": name, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": VERBS}


def resources(version: str, *found: dict[str, Any]) -> dict[str, Any]:
    """The discovery document of one group."""
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": list(found)}


DISCOVERY: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [
            {
                "name": name,
                "versions": [{"groupVersion": f"{name}/v1", "version": "v1"}],
                "preferredVersion": {"groupVersion": f"{name}/v1", "version": "v1"},
            }
            for name in ("apps", "batch")
        ],
    },
    "/api/v1": resources("v1", resource("namespaces", "Namespace", False), resource("pods", "Pod")),
    "/apis/apps/v1": resources(
        "apps/v1",
        resource("deployments", "Deployment"),
        {"name": "deployments/scale", "namespaced": True, "kind": "Scale", "verbs": ["get", "patch", "update"]},
        resource("replicasets", "ReplicaSet"),
    ),
    "/apis/batch/v1": resources("batch/v1", resource("jobs", "Job")),
}

# says that the server itself checks fields, so that kubectl does not ask for the schemas of everything
DISCOVERY["/openapi/v3"] = {"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}}}
DISCOVERY["/openapi/v3/api/v1"] = {
    "openapi": "3.0.0",
    "info": {"title": "double", "version": "1"},
    "paths": {
        "/api/v1/namespaces/{name}": {
            "patch": {
                "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
                "x-kubernetes-group-version-kind": {"group": "", "version": "v1", "kind": "Namespace"},
            }
        }
    },
}


def merged(old: Any, change: Any) -> Any:
    """`old` after a strategic merge patch: maps merge, null deletes, lists of named items merge by name."""
    if isinstance(old, dict) and isinstance(change, dict):
        keys = [key for key in {**old, **change} if change.get(key, old.get(key)) is not None]
        return {
            key: merged(old.get(key), change[key]) if key in change else old[key]
            for key in keys
            if not key.startswith("$")
        }
    named = [item for item in change if isinstance(item, dict) and "name" in item] if isinstance(change, list) else []
    if isinstance(old, list) and named:
        changes = {item["name"]: item for item in named}
        return [merged(item, changes.get(item["name"], {})) for item in old]
    return change


def patched(old: Any, operations: list[dict[str, Any]]) -> Any:
    """`old` after the replacements of a JSON patch (RFC 6902)."""
    for operation in operations:
        *above, last = operation["path"].removeprefix("/").split("/")
        place = old
        for key in above:
            place = place[key]
        place[last] = operation["value"]
    return old


class Cluster:
    """objects: by path. requests: (method, path without query, content type, body) of what changed something."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self.objects = objects
        self.texts: dict[str, str] = {}
        self.requests: list[tuple[str, str, str, Any]] = []
        self.queries: list[tuple[str, dict[str, list[str]]]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.cluster = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def kubeconfig(self) -> str:
        """A configuration with the contexts `eu` and `us`, both of this server; JSON is YAML."""
        address = f"http://127.0.0.1:{self._server.server_port}"
        contexts = [{"name": name, "context": {"cluster": "double", "user": "u"}} for name in ("eu", "us")]
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "double", "cluster": {"server": address}}],
                "users": [{"name": "u", "user": {"token": "t"}}],
                "contexts": contexts,
                "current-context": "us",
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def listed(self, path: str, query: dict[str, list[str]]) -> dict[str, Any] | None:
        """The objects of a collection that fit the selectors; None when the path is no collection."""
        group, _, plural = path.rpartition("/")
        kind = next((item["kind"] for item in self.known(group) if item["name"] == plural), None)
        if kind is None:
            return None
        items = [item for key, item in self.objects.items() if key.rpartition("/")[0] == path]
        for selector in query.get("fieldSelector", []):
            items = [item for item in items if item["metadata"]["name"] == selector.partition("=")[2]]
        for selector in query.get("labelSelector", []):
            name, _, value = selector.partition("=")
            items = [item for item in items if item["metadata"].get("labels", {}).get(name) == value]
        version = "v1" if group.startswith("/api/") else group.partition("/namespaces/")[0].removeprefix("/apis/")
        return {"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "1"}, "items": items}

    def known(self, group: str) -> list[dict[str, Any]]:
        """The resources of the group that a path begins with."""
        found = DISCOVERY.get(group.partition("/namespaces/")[0], {})
        return list(found.get("resources", []))

    def answer(self, method: str, path: str, kind: str, body: Any) -> tuple[int, Any]:
        """The reply to one request: status and JSON."""
        if path in DISCOVERY:
            return 200, DISCOVERY[path]
        base = path.removesuffix("/scale")
        if method != "GET":
            self.requests.append((method, path, kind, body))
        if method == "POST":
            created = f"{path}/{body['metadata']['name']}"
            self.objects[created] = body
            return 201, body
        if path not in self.objects and base not in self.objects:
            return 404, failure(path)
        if method == "DELETE":
            return 200, self.objects.pop(path)
        if base != path:
            return 200, self.scaled(base, body if method != "GET" else None)
        if method in ("PATCH", "PUT"):
            change = patched if isinstance(body, list) else merged
            self.objects[path] = change(self.objects[path], body)
        return 200, self.objects[path]

    def scaled(self, path: str, change: Any) -> Any:
        """The scale of a deployment, after a change."""
        found = self.objects[path]
        if change is not None:
            found["spec"]["replicas"] = change["spec"]["replicas"]
        metadata = {key: found["metadata"][key] for key in ("name", "namespace")}
        spec = {"replicas": found["spec"]["replicas"]}
        return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec}


def failure(path: str) -> dict[str, Any]:
    """The Status object of a 404."""
    name = path.rpartition("/")[2]
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": f'"{name}" not found',
        "reason": "NotFound",
        "details": {"name": name},
        "code": 404,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    cluster: Cluster


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_any(self) -> None:
        """One request: a log as text, everything else as JSON."""
        parts = urlsplit(self.path)
        cluster = self.server.cluster
        cluster.queries.append((parts.path, parse_qs(parts.query)))
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if parts.path in cluster.texts:
            self.send(200, "text/plain", cluster.texts[parts.path].encode())
            return
        body = json.loads(text) if text else None
        listed = cluster.listed(parts.path, parse_qs(parts.query)) if self.command == "GET" else None
        if "watch=true" in parts.query:
            self.watch(listed or {})
            return
        if listed is not None:
            self.send(200, "application/json", json.dumps(listed).encode())
            return
        status, reply = cluster.answer(self.command, parts.path, self.headers.get("Content-Type", ""), body)
        self.send(status, "application/json", json.dumps(reply).encode())

    def watch(self, listed: dict[str, Any]) -> None:
        """Tell of each object once; then the connection ends, and clients ask again."""
        events = [{"type": "ADDED", "object": item} for item in listed.get("items", [])]
        self.send(200, "application/json", "".join(json.dumps(event) + "\n" for event in events).encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def send(self, status: int, kind: str, body: bytes) -> None:
        """Send a reply."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Requests are kept, not printed."""
