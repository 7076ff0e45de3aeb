"""A PostgreSQL server from Debian's packages in a temporary folder, on a free loopback port."""

from __future__ import annotations

import getpass
import itertools
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from engines import cache, process

PASSWORD = "wfc-tests"
START_SECONDS = 60.0
# Nothing here has to survive a power failure.
FAST = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class Postgres:
    """The server. Databases are made by `database`; all are gone with the server."""

    def __init__(self) -> None:
        """Raises cache.Missing when PostgreSQL is not installed."""
        binaries = _binaries()
        self._user = _user()
        self._port = process.free_port()
        self._names = (f"wfc{number}" for number in itertools.count(1))
        home = process.temporary("postgres")
        if self._user:
            shutil.chown(home, self._user)
        self._initialise(binaries, home)
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}", *FAST]
        command = [str(binaries / "postgres"), "-D", str(home / "data"), "-p", str(self._port), *options]
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self._child = process.Child(command, home=home, env=env, user=self._user, gently=True)
        self._client = str(binaries / "psql")
        self._child.wait_for(lambda: self._psql("select 1", check=False), START_SECONDS, "PostgreSQL")

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = next(self._names)
        self._psql(f"create database {name}")
        return f"postgresql://wfc:{PASSWORD}@127.0.0.1:{self._port}/{name}"

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._child.stop()

    def _initialise(self, binaries: Path, home: Path) -> None:
        secret = home / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        words = [
            "--auth=scram-sha-256",
            "--username=wfc",
            f"--pwfile={secret}",
            "--encoding=UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        ]
        command = [str(binaries / "initdb"), "-D", str(home / "data"), *words]
        done = subprocess.run(
            command, user=self._user, capture_output=True, text=True, cwd=home, env={"PATH": os.environ["PATH"]}
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr}")

    def _psql(self, statement: str, *, check: bool = True) -> bool:
        url = f"postgresql://wfc:{PASSWORD}@127.0.0.1:{self._port}/postgres"
        done = subprocess.run([self._client, "-Xq", "-d", url, "-c", statement], capture_output=True, check=check)
        return done.returncode == 0


def _binaries() -> Path:
    """The newest server in Debian's place, or the one on PATH. Raises cache.Missing."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = debian[-1] if debian else shutil.which("initdb")
    if found is None:
        raise cache.Missing("PostgreSQL is not installed", "apt-get install postgresql")
    return Path(found).parent


def _user() -> str | None:
    """The account to run it as: PostgreSQL refuses to run as root."""
    if getpass.getuser() != "root" and os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise cache.Missing("PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`", "add one")
