"""The k8s actions, run by the real kubectl against a double of the API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.cluster import Cluster
from catalog.runner import Failed, Raw, run
from catalog.stand_in import recorded, stand_in

SHOP = "/namespaces/shop"
WEB = f"/apis/apps/v1{SHOP}/deployments/web"
MERGE = "application/strategic-merge-patch+json"


def template(image: str) -> dict[str, Any]:
    """A pod template with two containers, the first of this image."""
    containers = [{"name": "app", "image": image}, {"name": "side", "image": "acme/side:1"}]
    return {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}}


def owned(revision: int, image: str) -> dict[str, Any]:
    """The replica set of a revision of the deployment."""
    metadata = {
        "name": f"web-{revision}",
        "namespace": "shop",
        "uid": f"r{revision}",
        "labels": {"app": "web"},
        "annotations": {"deployment.kubernetes.io/revision": str(revision)},
        "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "u1", "controller": True}
        ],
    }
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template(image)}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata,
        "spec": spec,
        "status": {"replicas": 3},
    }


def objects() -> dict[str, Any]:
    """A deployment with two revisions, a pod and a finished job, by their paths."""
    revision = {"deployment.kubernetes.io/revision": "2"}
    web = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "generation": 1, "uid": "u1", "annotations": revision},
        "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template("acme/app:2")},
        "status": {
            "observedGeneration": 1,
            "replicas": 3,
            "updatedReplicas": 3,
            "readyReplicas": 2,
            "availableReplicas": 3,
        },
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web-1", "namespace": "shop", "labels": {"app": "web"}},
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "acme/app:2"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {"name": "app", "ready": True, "restartCount": 4},
                {"name": "side", "ready": False, "restartCount": 1},
            ],
        },
    }
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "load", "namespace": "shop", "uid": "j"},
        "status": {"conditions": [{"type": "Complete", "status": "True"}]},
    }
    return {
        WEB: web,
        f"/apis/apps/v1{SHOP}/replicasets/web-1": owned(1, "acme/app:1"),
        f"/apis/apps/v1{SHOP}/replicasets/web-2": owned(2, "acme/app:2"),
        f"/api/v1{SHOP}/pods/web-1": pod,
        f"/apis/batch/v1{SHOP}/jobs/load": job,
        "/api/v1/namespaces/shop": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    }


@pytest.fixture
def cluster(program: Callable[[str], str]) -> Iterator[Cluster]:
    """An API server with the objects above."""
    program("kubectl")
    with Cluster(objects()) as server:
        yield server


@pytest.fixture
def k8s(cluster: Cluster, tmp_path: Path) -> Callable[..., Any]:
    """Runs a k8s action in the context `eu` and the namespace `shop`."""

    def call(action: str, **arguments: Any) -> Any:
        place = {"context": "eu", "namespace": "shop", "kubeconfig": cluster.kubeconfig}
        return run(f"k8s.{action}", {**place, **arguments}, tmp_path, {"HOME": str(tmp_path)})

    return call


def images(cluster: Cluster) -> list[str]:
    """The images of the deployment."""
    return [item["image"] for item in cluster.objects[WEB]["spec"]["template"]["spec"]["containers"]]


def test_images_are_read_and_set(k8s: Callable[..., Any], cluster: Cluster) -> None:
    assert k8s("get_image", deployment="web") == {"image": "acme/app:2"}
    assert k8s("get_image", deployment="deployment/web", container="side") == {"image": "acme/side:1"}
    for _ in range(2):
        k8s("set_image", deployment="web", image="acme/app:3", container="app")
        assert images(cluster) == ["acme/app:3", "acme/side:1"]
    k8s("set_image", deployment="deployment/web", image="acme/all:1")
    assert images(cluster) == ["acme/all:1", "acme/all:1"]
    assert {request[:3] for request in cluster.requests} == {("PATCH", WEB, MERGE)}


def test_rollout_scale_and_restart(k8s: Callable[..., Any], cluster: Cluster) -> None:
    assert k8s("replicas", deployment="web") == {"wanted": 3, "ready": 2}
    k8s("rollout_status", deployment="web", within=Raw("5s"))
    k8s("scale", deployment="web", replicas=5)
    assert cluster.objects[WEB]["spec"]["replicas"] == 5
    k8s("restart", deployment="web")
    annotations = cluster.objects[WEB]["spec"]["template"]["metadata"]["annotations"]
    assert list(annotations) == ["kubectl.kubernetes.io/restartedAt"]
    with pytest.raises(Failed, match="timed out"):
        k8s("rollout_status", deployment="web", within=Raw("2s"))


def test_rollout_undo_goes_to_the_revision_before(k8s: Callable[..., Any], cluster: Cluster) -> None:
    k8s("rollout_undo", deployment="web")
    assert [request[:2] for request in cluster.requests] == [("PATCH", WEB)]
    assert images(cluster) == ["acme/app:1", "acme/side:1"]


def test_apply_and_delete_manifests(k8s: Callable[..., Any], cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "extra.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: extra}\n")
    for _ in range(2):
        k8s("apply", path="extra.yaml")
    k8s("apply", path="extra.yaml", server_side=True)
    assert cluster.objects["/api/v1/namespaces/extra"]["metadata"]["name"] == "extra"
    assert cluster.requests[-1][2] == "application/apply-patch+yaml"
    for _ in range(2):
        k8s("delete", path="extra.yaml")
    assert "/api/v1/namespaces/extra" not in cluster.objects


def test_namespaces_come_and_go(k8s: Callable[..., Any], cluster: Cluster) -> None:
    for _ in range(2):
        k8s("create_namespace", name="pr-7")
    assert "/api/v1/namespaces/pr-7" in cluster.objects
    for _ in range(2):
        k8s("delete_namespace", name="pr-7")
    assert "/api/v1/namespaces/pr-7" not in cluster.objects
    with pytest.raises(Failed):
        k8s("create_namespace", name="--help")


def test_pods_logs_and_waiting(k8s: Callable[..., Any], cluster: Cluster) -> None:
    cluster.texts[f"/api/v1{SHOP}/pods/web-1/log"] = "line 1\nπ\n"
    assert k8s("list_pods", selector="app=web") == [
        {"name": "web-1", "phase": "Running", "ready": False, "restarts": 5, "node": "n1"}
    ]
    assert k8s("list_pods", selector="app=other") == []
    assert k8s("logs", resource="web-1", container="app", lines=20) == "line 1\nπ\n"
    asked = [query for path, query in cluster.queries if path.endswith("/log")]
    assert asked == [{"container": ["app"], "tailLines": ["20"]}]
    k8s("wait", resource="job/load", condition="complete", within=Raw("5s"))
    with pytest.raises(Failed, match="timed out"):
        k8s("wait", resource="job/load", condition="failed", within=Raw("2s"))
    for _ in range(2):
        k8s("delete_pod", pod="web-1")
    assert k8s("list_pods") == []


def test_exec_hands_words_on_unchanged(tmp_path: Path) -> None:
    # a stand-in, because exec speaks a protocol of its own (SPDY or WebSocket) that needs a container runtime
    path = stand_in(tmp_path, "kubectl", "printf 'dump'")
    words = ["sh", "-c", 'echo "$HOME; two words"']
    arguments = {"pod": "web-1", "command": words, "container": "app", "context": "eu"}
    assert run("k8s.exec", arguments, tmp_path, {"PATH": path}) == "dump"
    assert recorded(tmp_path) == [["kubectl", "--context=eu", "exec", "--container=app", "web-1", "--", *words]]


def test_the_kubeconfig_is_not_left_behind(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    place = {"context": "eu", "namespace": "shop", "kubeconfig": cluster.kubeconfig}
    environment = {"HOME": str(tmp_path), "TMPDIR": str(folder)}
    run("k8s.scale", {**place, "deployment": "web", "replicas": 1}, tmp_path, environment)
    run("k8s.replicas", {**place, "deployment": "web"}, tmp_path, environment)
    assert list(folder.iterdir()) == []
