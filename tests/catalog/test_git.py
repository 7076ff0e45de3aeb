"""The git actions, run by git on repositories of the test."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from catalog.runner import Failed, run
from engines.world import World

AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-03-01T10:00:00+01:00",
    "GIT_COMMITTER_DATE": "2026-03-01T10:00:00+01:00",
}


def git(folder: Path, *words: str) -> str:
    """What a git command prints."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **AUTHOR}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository: main with v1 and one commit more, which adds a file with a space in its name."""
    work = tmp_path / "made"
    work.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    (work / "a.txt").write_text("one")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message=first")
    git(work, "tag", "v1")
    (work / "b c.txt").write_text("two")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message=second\n\nIts body.")
    git(tmp_path, "clone", "--quiet", "--bare", "made", "origin.git")
    return tmp_path / "origin.git"


def checkout(origin: Path, folder: Path, **arguments: object) -> object:
    """Run git.checkout of the origin into `folder/app`."""
    return run("git.checkout", {"url": str(origin), "path": "app", **arguments}, folder, AUTHOR)


def test_checkout_of_a_branch_a_tag_and_a_commit(origin: Path, tmp_path: Path) -> None:
    head, first = git(origin, "rev-parse", "main"), git(origin, "rev-parse", "v1")
    assert checkout(origin, tmp_path) == {"commit": head}
    (tmp_path / "app/a.txt").write_text("changed by hand")
    assert checkout(origin, tmp_path, ref="v1") == {"commit": first}
    assert (tmp_path / "app/a.txt").read_text() == "one"
    assert not (tmp_path / "app/b c.txt").exists()
    assert checkout(origin, tmp_path, ref=head, depth=0) == {"commit": head}


def test_checkout_refuses_a_ref_that_is_an_option(origin: Path, tmp_path: Path) -> None:
    with pytest.raises(Failed):
        checkout(origin, tmp_path, ref=f"--upload-pack=touch {tmp_path}/owned")
    assert not (tmp_path / "owned").exists()


def test_checkout_sends_the_token_in_a_header_and_keeps_it_nowhere(world: World, tmp_path: Path) -> None:
    with pytest.raises(Failed):
        run("git.checkout", {"url": f"{world.url}/acme/app", "path": "app", "token": "s3cret"}, tmp_path, AUTHOR)
    request = world.requests()[0]
    assert request.path == "/acme/app/info/refs"
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"x-access-token:s3cret").decode()
    assert not any(b"s3cret" in path.read_bytes() for path in (tmp_path / "app").rglob("*") if path.is_file())


def test_changed_files_commits_and_latest_tag(origin: Path, tmp_path: Path) -> None:
    checkout(origin, tmp_path, depth=0)
    assert run("git.changed_files", {"base": "v1", "path": "app"}, tmp_path, AUTHOR) == ["b c.txt"]
    assert run("git.commits", {"base": "v1", "path": "app"}, tmp_path, AUTHOR) == [
        {
            "sha": git(origin, "rev-parse", "main"),
            "author": "Ada",
            "email": "ada@example.com",
            "date": "2026-03-01T10:00:00+01:00",
            "message": "second\n\nIts body.",
        }
    ]
    assert run("git.commits", {"base": "HEAD", "path": "app"}, tmp_path, AUTHOR) == []
    assert run("git.latest_tag", {"path": "app"}, tmp_path, AUTHOR) == {"tag": "v1"}
    with pytest.raises(Failed):
        run("git.latest_tag", {"path": "app", "pattern": "w*"}, tmp_path, AUTHOR)


def test_tag_may_be_repeated_but_not_moved(origin: Path, tmp_path: Path) -> None:
    head = git(origin, "rev-parse", "main")
    checkout(origin, tmp_path, depth=0)
    arguments = {"name": "v2", "message": "Second", "path": "app", "remote": str(origin)}
    for _ in range(2):
        assert run("git.tag", arguments, tmp_path, AUTHOR) == {"commit": head}
    assert git(origin, "rev-parse", "v2^{commit}") == head
    assert git(origin, "tag", "--list", "--format=%(contents)", "v2") == "Second"
    with pytest.raises(Failed, match="stands on"):
        run("git.tag", {**arguments, "commit": "v1"}, tmp_path, AUTHOR)


def test_commit_pushes_what_changed_once(origin: Path, tmp_path: Path) -> None:
    checkout(origin, tmp_path, ref="main", depth=0)
    (tmp_path / "app/new.txt").write_text("new")
    arguments = {
        "message": "Add new",
        "branch": "main",
        "author": "Bot",
        "email": "bot@example.com",
        "path": "app",
        "remote": str(origin),
    }
    given = [run("git.commit", arguments, tmp_path, AUTHOR) for _ in range(2)]
    assert given == [{"commit": git(origin, "rev-parse", "main")}] * 2
    assert git(origin, "log", "--format=%s", "main") == "Add new\nsecond\nfirst"
    assert git(origin, "show", "main:new.txt") == "new"
