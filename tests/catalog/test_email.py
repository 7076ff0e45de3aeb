"""email.send against an SMTP server on loopback."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from catalog.mail_server import MailServer, certificate
from catalog.runner import Failed, File, run

MAIL: dict[str, Any] = {
    "from": "Wfc <wfc@example.com>",
    "to": ["finance@example.com"],
    "subject": "Orders of März",
    "body": "All good.\n.\nThe line above is a dot.\n",
}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost."""
    return certificate(tmp_path_factory.mktemp("tls"))


def received(server: MailServer) -> Message:
    """The one message that came."""
    (text,) = server.messages
    return message_from_bytes(text.replace(b"\r\n", b"\n"), policy=default)


def test_plain_mail_with_html_attachment_and_copies(tmp_path: Path) -> None:
    (tmp_path / "report.csv").write_text("a,b\n")
    extras = {
        "html": "<p>All good.</p>",
        "cc": ["cc@example.com"],
        "bcc": ["bcc@example.com"],
        "attachments": [File(tmp_path / "report.csv")],
    }
    with MailServer() as server:
        run("email.send", {**MAIL, **extras, "host": "localhost", "port": server.port, "security": "none"}, tmp_path)
    message: Any = received(server)
    assert (message["subject"], message["cc"], message["bcc"]) == ("Orders of März", "cc@example.com", None)
    assert message.get_body(("plain",)).get_content() == MAIL["body"]
    assert message.get_body(("html",)).get_content().strip() == "<p>All good.</p>"
    (attachment,) = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("report.csv", "a,b\n")
    sender, receivers = server.envelopes[0]
    assert "wfc@example.com" in sender
    assert [to.split("<")[1].split(">")[0] for to in receivers] == [
        "finance@example.com",
        "cc@example.com",
        "bcc@example.com",
    ]


@pytest.mark.parametrize(("security", "immediate"), [("starttls", False), ("tls", True)])
def test_encrypted_mail_with_login(security: str, immediate: bool, tls: tuple[Path, Path], tmp_path: Path) -> None:
    with MailServer(tls, immediate) as server:
        arguments = {
            **MAIL,
            "host": "localhost",
            "port": server.port,
            "security": security,
            "user": "u",
            "password": "p",
        }
        run("email.send", arguments, tmp_path, {"SSL_CERT_FILE": str(tls[0])})
    assert server.encrypted == [True]
    assert server.logins == [("u", "p")]


def test_unknown_certificate_is_refused(tls: tuple[Path, Path], tmp_path: Path) -> None:
    with MailServer(tls) as server, pytest.raises(Failed, match="CERTIFICATE_VERIFY_FAILED"):
        run("email.send", {**MAIL, "host": "localhost", "port": server.port}, tmp_path)
    assert server.messages == []
