"""URLs as far as they are known before a run."""

from __future__ import annotations

from wfc import ir
from wfc.checks.common import holds_secret
from wfc.patterns import IGNORECASE, ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.ir import AnyExpr

URL = ready(
    r"https?://(?:[^/?#\s@]*@)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?#][^\s]*)?",
    IGNORECASE,
)
"""http or https, a host, perhaps a port, path and query (RFC 9110, section 4.2)."""


def is_web(text: str) -> bool:
    """Is it the URL of a web server?"""
    return URL.fullmatch(text) is not None


def constant_start(url: AnyExpr) -> str | None:
    """A constant URL, with `x` for its values; None when it begins with a value."""
    parts = url.parts if isinstance(url, ir.Text) else (url,)
    texts = [part.value if isinstance(part, ir.Literal) and isinstance(part.value, str) else None for part in parts]
    return None if texts[0] is None else "".join("x" if text is None else text for text in texts)


def in_query(url: AnyExpr) -> bool:
    """Does a secret stand behind the `?` of a URL?"""
    query = False
    for part in url.parts if isinstance(url, ir.Text) else ():
        if query and holds_secret(part):
            return True
        query = query or (isinstance(part, ir.Literal) and "?" in str(part.value))
    return False


def in_user(url: AnyExpr) -> bool:
    """Does a secret stand before the `@` of a URL (`https://user:{token}@host`)?"""
    parts = url.parts if isinstance(url, ir.Text) else ()
    for number, part in enumerate(parts):
        before = "".join(str(one.value) for one in parts[:number] if isinstance(one, ir.Literal))
        behind = next((str(one.value) for one in parts[number + 1 :] if isinstance(one, ir.Literal)), "")
        authority = "/" not in before.partition("://")[2] and "://" in before
        if authority and holds_secret(part) and "@" in behind.partition("/")[0]:
            return True
    return False
