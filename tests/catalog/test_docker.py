"""The docker actions, run by Docker's own command-line tool against a double of the engine's API.

https://docs.docker.com/reference/api/engine/version/v1.44/
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.runner import Failed, run
from engines.world import Reply, World

API = "/v1.44"
IMAGE = f"{API}/images/acme/app:1/json"


@pytest.fixture
def docker(world: World, program: Callable[[str], str], tmp_path: Path) -> Callable[..., Any]:
    """Runs a docker action; the engine has the image acme/app:1, known to two registries."""
    program("docker")
    world.script("/_ping", Reply(200, "OK", {"Api-Version": "1.44", "Ostype": "linux"}))
    digests = ["other/acme/app@sha256:0", "acme/app@sha256:d1"]
    world.script(IMAGE, Reply(200, {"Id": "sha256:abc", "RepoDigests": digests}))
    environment = {
        "DOCKER_HOST": world.url.replace("http", "tcp"),
        "DOCKER_API_VERSION": "1.44",
        "DOCKER_BUILDKIT": "0",
        "DOCKER_CONFIG": str(tmp_path / "config"),
    }
    return lambda action, **arguments: run(f"docker.{action}", arguments, tmp_path, environment)


def test_login_sends_the_password_and_says_it_to_no_program(
    docker: Callable[..., Any], world: World, tmp_path: Path
) -> None:
    world.script(f"{API}/auth", Reply(200, {"Status": "Login Succeeded", "IdentityToken": ""}))
    docker("login", user="robot", password='p"$x', registry="registry.example.com:5000")
    (request,) = world.requests(f"{API}/auth")
    login = {"username": "robot", "password": 'p"$x', "serveraddress": "registry.example.com:5000"}
    assert request.json() == login
    assert list(json.loads((tmp_path / "config/config.json").read_text())["auths"]) == ["registry.example.com:5000"]


def test_build_sends_the_folder_and_its_options(docker: Callable[..., Any], world: World, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/Dockerfile").write_text("FROM scratch\n")
    world.script(f"{API}/build", Reply(200, '{"stream":"Successfully built abc\\n"}\n'))
    given = docker("build", tag="acme/app:1", path="app", target="run", build_args={"V": "1 2"}, labels={"team": "x"})
    assert given == {"image": "acme/app:1", "id": "sha256:abc"}
    (request,) = world.requests(f"{API}/build")
    query = dict(request.query)
    assert (query["t"], query["target"]) == ("acme/app:1", "run")
    assert (json.loads(query["buildargs"]), json.loads(query["labels"])) == ({"V": "1 2"}, {"team": "x"})
    with tarfile.open(fileobj=io.BytesIO(request.body)) as sent:
        assert sent.getnames() == ["Dockerfile"]


def test_tag_push_and_pull(docker: Callable[..., Any], world: World) -> None:
    world.script(f"{API}/images/acme/app:1/tag", Reply(201))
    assert docker("tag", image="acme/app:1", tag="localhost:5000/app") == {"image": "localhost:5000/app"}
    (request,) = world.requests(f"{API}/images/acme/app:1/tag")
    assert dict(request.query) == {"repo": "localhost:5000/app", "tag": "latest"}
    push = f"{API}/images/docker.io/acme/app/push"
    world.script(push, Reply(200, '{"status":"pushed"}\n'))
    assert docker("push", tag="acme/app:1") == {"image": "acme/app@sha256:d1"}
    assert dict(world.requests(push)[0].query) == {"tag": "1"}
    world.script(f"{API}/images/create", Reply(200, '{"status":"ok"}\n'))
    assert docker("pull", tag="acme/app:1") == {"id": "sha256:abc"}


def test_push_without_a_digest_fails(docker: Callable[..., Any], world: World) -> None:
    world.script(f"{API}/images/docker.io/acme/app/push", Reply(200, '{"status":"pushed"}\n'))
    world.script(IMAGE, Reply(200, {"Id": "sha256:abc", "RepoDigests": ["other/acme/app@sha256:0"]}))
    with pytest.raises(Failed):
        docker("push", tag="acme/app:1")
