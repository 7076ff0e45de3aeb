"""A PostgreSQL server of one's own on loopback, with password login, from the packages of the system."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from engines import cache

PASSWORD = "p@ss/w:rd"
QUOTED = "p%40ss%2Fw%3Ard"


class PostgresServer:
    """Starts in a new folder; everything is gone after `close`. Raises cache.Missing without PostgreSQL."""

    def __init__(self) -> None:
        initdb = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None) or shutil.which("initdb")
        if initdb is None:
            raise cache.Missing("PostgreSQL's `initdb` is not on this machine", "apt-get install postgresql")
        self.binaries = Path(initdb).parent
        self.folder = Path(tempfile.mkdtemp(prefix="wfc-postgres-"))
        # PostgreSQL refuses to run as root, so root hands the folder to the user of the Debian package
        self.user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        if self.user:
            shutil.chown(self.folder, self.user)
            shutil.chown(secret, self.user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        data = self.folder / "data"
        self._run(
            "initdb",
            "--username=admin",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--no-sync",
            "--encoding=UTF8",
            f"--pgdata={data}",
        )
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run(
            "pg_ctl", f"--pgdata={data}", f"--log={self.folder / 'log'}", f"--options={settings}", "--wait", "start"
        )

    def url(self, database: str = "postgres") -> str:
        """The connection URI of a database."""
        return f"postgresql://admin:{QUOTED}@127.0.0.1:{self.port}/{database}"

    def query(self, sql: str, database: str = "postgres") -> str:
        """What psql prints for a statement: rows in lines, columns with `|` between."""
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        command += ["--command", sql, f"postgresql://admin@127.0.0.1:{self.port}/{database}"]
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
        return done.stdout.strip()

    def close(self) -> None:
        """Stop the server and delete its folder."""
        self._run("pg_ctl", f"--pgdata={self.folder / 'data'}", "--mode=immediate", "--wait", "stop")
        shutil.rmtree(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, program: str, *words: str) -> None:
        prefix = ["runuser", "-u", self.user, "--"] if self.user else []
        command = [*prefix, str(self.binaries / program), *words]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
