"""An SMTP server on loopback for tests (RFC 5321), with STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954)."""

from __future__ import annotations

import base64
import socketserver
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Self


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for `localhost` and its key, made by openssl."""
    made, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


class MailServer:
    """Keeps what clients said. tls: certificate and key; immediate: TLS from the first byte (RFC 8314)."""

    def __init__(self, tls: tuple[Path, Path] | None = None, immediate: bool = False) -> None:
        self.messages: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.logins: list[tuple[str, str]] = []
        self.encrypted: list[bool] = []
        self.context: ssl.SSLContext | None = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*tls)
        self.immediate = immediate
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.mail = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    mail: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up (it does not trust the certificate) is what some tests want."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """One session."""
        self.mail, self.secure = self.server.mail, False
        if self.mail.immediate:
            self.encrypt()
        self.file = self.request.makefile("rb")
        self.say("220 localhost")
        while line := self.file.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if word.upper() == "QUIT":
                self.say("221 bye")
                return
            self.answer(word.upper(), rest)

    def answer(self, word: str, rest: str) -> None:
        """The reply to one command."""
        match word:
            case "EHLO":
                offers = ["localhost", *(["STARTTLS"] if self.mail.context and not self.secure else []), "AUTH PLAIN"]
                for offer in offers[:-1]:
                    self.say(f"250-{offer}")
                self.say(f"250 {offers[-1]}")
            case "STARTTLS":
                self.say("220 go")
                self.encrypt()
                self.file = self.request.makefile("rb")
            case "AUTH":
                _, user, password = base64.b64decode(rest.removeprefix("PLAIN ")).decode().split("\0")
                self.mail.logins.append((user, password))
                self.say("235 ok")
            case "MAIL":
                self.sender, self.receivers = rest, []
                self.say("250 ok")
            case "RCPT":
                self.receivers.append(rest)
                self.say("250 ok")
            case "DATA":
                self.take()
            case _:
                self.say("502 unknown")

    def take(self) -> None:
        """Read a message up to the line with a dot."""
        self.say("354 go")
        lines = []
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.mail.messages.append(b"".join(lines))
        self.mail.envelopes.append((self.sender, self.receivers))
        self.mail.encrypted.append(self.secure)
        self.say("250 taken")

    def encrypt(self) -> None:
        """Go on in TLS."""
        assert self.mail.context is not None
        self.request = self.mail.context.wrap_socket(self.request, server_side=True)
        self.secure = True

    def say(self, line: str) -> None:
        """Send a reply."""
        self.request.sendall(line.encode() + b"\r\n")
