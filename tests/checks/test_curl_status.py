"""WF419: calls of curl that hide the status of the answer, held against curl itself at a server that always fails."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from wfc.embedded.shell_status import unanswered

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

TOLD = (
    "curl URL",
    "curl -sS URL",
    "curl -s -o data.json URL",
    "curl -sof URL",  # the file is called f
    "curl -s URL > data.json",
    "curl -sS -X POST URL -d @body.json",
    "curl -d -f URL",  # the data is -f
    "curl --data x -H 'X: -f' URL",
    "timeout 10 curl -s URL",
    "set -euo pipefail; curl -s URL; echo done",
    "curl -s URL && echo done",
    "for day in 1 2; do curl -sS URL?day=$day; done",
    'U=URL; curl -s "$U"',
    "until curl -sf URL || true; do sleep 1; done; curl -s -d start URL",
    "curl -s --fail-early URL",
)
"""They end with 0 though the server has answered 500; URL stands for its address."""
SEEN = (
    "curl -f URL",
    "curl -sSf URL",
    "curl -fsSL URL -o data.json",
    "curl --fail URL",
    "curl --fail-with-body -s URL",
    "curl -sSfo data.json URL",
    "curl -s URL | jq -e .ok",
    'code=$(curl -s -o x -w "%{http_code}" URL); [ "$code" = 200 ]',
    "curl -s -o data.json URL\nsha256sum -c sums",
    "curl -s -o data.tgz URL\ntar xzf data.tgz",
)
"""They end with another code at such a server."""
OTHERS = (
    "curl -s -w '%{http_code}' URL",
    "curl -s -o /dev/null URL",
    "curl -i URL",
    "curl -sI URL",
    "curl -s -D headers URL",
    "curl -sX DELETE URL",
    "curl -s -X DELETE URL",
    "curl -K settings URL",
    "curl $OPTIONS URL",
    'curl "${options[@]}" URL',
    "curl -s ftp://a.example.com/x -o x",
    "curl -s file:///etc/hostname",
    "curl --version",
    "x=$(curl -s URL)",
    "curl -s URL | tee x.json",
    "until curl -s URL; do sleep 1; done",
    "if curl -s URL; then echo up; fi",
    "curl -s URL || true",
    "curl -s URL &",
    "probe() { curl -s URL; }\nprobe",
    "curl -s URL -o x.json\njq -e .ok x.json",
    "alias curl='curl -f'\ncurl -s URL",
    "echo 'curl -s URL'",
    "# curl -s URL\nls",
    "cat <<END\ncurl -s URL\nEND",
)
"""They have another reason to be left alone: the status is shown or asked for, or nobody can tell."""


@pytest.mark.parametrize("script", TOLD)
def test_what_hides_the_status_is_told(script: str) -> None:
    assert len(unanswered(script.replace("URL", "https://a.example.com/x"))) == 1


@pytest.mark.parametrize("script", [*SEEN, *OTHERS])
def test_what_may_be_seen_is_not_told(script: str) -> None:
    assert unanswered(script.replace("URL", "https://a.example.com/x")) == ()


class Fails(http.server.BaseHTTPRequestHandler):
    """Answers 500 to all."""

    def answer(self) -> None:
        """The answer, after the request was read."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(500)
        self.end_headers()
        self.wfile.write(b"no")

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fails)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/x"
    server.shutdown()


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
@pytest.mark.parametrize(
    ("script", "well"),
    [*((one, True) for one in TOLD), *((one, False) for one in SEEN if "jq" not in one)],
)
def test_curl_does_so(script: str, well: bool, url: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "body.json").write_text("{}")
    (tmp_path / "sums").write_text(f"{'0' * 64}  data.json\n")
    command = ["bash", "-euo", "pipefail", "-c", script.replace("URL", url)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert (done.returncode == 0) is well, done
