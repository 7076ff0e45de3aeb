"""Secrets that stand in a script as they are: only what is certain, so no variable, no placeholder, no name."""

from __future__ import annotations

from wfc.checks.scripts import lines_at
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE = r"([\"']?)(?P<value>[\w+/=.!@%^~-]{6,})\1(?=$|[\s;&|)\"'])"
WAYS = (
    ("a password", 6, ready(r"(?:^|[\s;&|(])(?:\w*_)?(?:PASSWORD|PASSWD|PGPASSWORD|MYSQL_PWD|SSHPASS)=" + VALUE)),
    ("a token", 16, ready(r"(?:^|[\s;&|(])(?:\w*_)?(?:TOKEN|SECRET|API_?KEY|ACCESS_KEY|SECRET_KEY)=" + VALUE)),
    ("a password", 6, ready(r"\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^|;&]*\s(?:-p|--password=)" + VALUE)),
    # man sshpass, man openssl-passphrase-options
    ("a password", 6, ready(r"\bsshpass\s+(?:-v\s+)*-p\s?" + VALUE)),
    (
        "a password",
        6,
        ready(r"\bopenssl\b[^|;&]*\s-pass(?:in|out)?\s+([\"']?)pass:(?P<value>[\w+/=.!@%^~-]{6,})\1(?=$|\s)"),
    ),
    (
        "a password",
        6,
        ready(
            r"\bcurl\b[^|;&]*\s(?:-\w*u|--user)[ =]?([\"']?)[\w.@-]+:(?P<value>[\w+/=.!@%^~-]{6,})\1(?=$|[\s;&|)\"'])"
        ),
    ),
    (
        "a token",
        12,
        ready(
            r"(?i)\s(?:-H|--header)[ =]?[\"'](?:proxy-)?(?:authorization|x-api-key):\s*(?:(?:bearer|basic|token)\s+)?"
            r"(?P<value>[\w+/=.~-]{12,})[\"']"
        ),
    ),
)
"""(what it is, the fewest letters, the pattern)."""
PLACEHOLDER = ready(
    r"(?i)(?<![a-z0-9])(?:your|my|example|change[-_]?me|placeholder|dummy|fake|sample|test|todo|redacted)|x{3}|[*]{3}"
)
NAME = ready(r"^[a-z]+(?:[-_.][a-z0-9]+)+$")
"""The name of something (`db-secret-2`), not its content."""


def literal_secrets(script: str) -> Iterator[tuple[str, int]]:
    """(what, offset of its line) of each secret that stands in a bash script."""
    for place, line in lines_at(script):
        for what, fewest, pattern in WAYS:
            if any(len(found["value"]) >= fewest and is_secret(found["value"]) for found in pattern.finditer(line)):
                yield what, place
                break


def is_secret(value: str) -> bool:
    """Is a text letters and digits, no placeholder, no path and no name?"""
    mixed = any(map(str.isdigit, value)) and sum(map(str.isalpha, value)) > 2
    path = value.startswith(("/", ".", "~")) or ("/" in value and len(value) < 32)
    return mixed and not path and not PLACEHOLDER.search(value) and not NAME.search(value)
