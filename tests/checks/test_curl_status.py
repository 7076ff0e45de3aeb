"""WF419: calls of curl that hide the status of the answer, held against curl itself at a server that always fails."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from checks.finding import codes, flow
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
    "curl -s URL 2> /dev/null",  # the answer goes on
    "curl -s URL >&2",
    "curl -s -d start URL; ls",
    "curl -s URL > data.json; curl -sf -T x.json URL || echo done",
    "[ -e none.json ] && rm none.json; curl -s URL -o data.json",
    "timeout -k 5 10 /usr/bin/env A=1 curl -s URL",
    "flock lock curl -s URL",
    "echo | xargs -a /dev/stdin true; cd .; curl -s URL -O",
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
    "curl -s -o empty.json -r 0-0 URL/none\n[ $(wc -c < empty.json) -gt 9 ]",
    "curl -s -o data.json URL\n[[ $(<data.json) != no ]] || exit 1",
    "curl -s URL > data.json\nread -r word rest < <(cat data.json)\ntest $word = yes",
)
"""They end with another code at such a server."""
OTHERS = (
    "curl -s -w '%{http_code}' URL",
    "curl -s -o /dev/null URL",
    "curl -s URL > /dev/null",
    "curl -s URL &> /dev/null",
    "curl -s URL >> /dev/null 2>&1",
    "{ date; curl -s URL; } > /dev/null",
    'curl -s URL >> "$WFC_OUTPUT"',
    "{ printf 'page='; curl -s URL; } >> ${WFC_OUTPUT}",
    "curl -s -o rate.json URL\n[ -s rate.json ]",
    "curl -s -o rate.json URL\n[[ -s rate.json ]] || exit 1",
    "curl -s -o rate.json URL\nwhile read -r line; do echo $line; done < rate.json",
    'curl -s -o "$OUT" URL\necho "rate=$(<"${OUT}")"',
    "curl -s URL > out/rate.json; cd out; curl -sf -d @rate.json URL",
    "for n in 1 2 3; do if [ -s x ]; then break; fi; curl -s URL -o x; done",
    "curl -s URL/tool.deb -O; dpkg -i *.deb",
    "curl -s URL -o all.yaml; kubectl apply -f .",
    "curl -s URL -o t.7z; 7z x t.7z",
    "curl -s URL -o t.jar; java -jar t.jar",
    "curl -s URL -o load.sql; psql -f load.sql",
    "curl -s URL -o Makefile; make",
    'curl -s URL -d start; [ -n "$(curl -fs URL)" ]',
    "curl -s URL | xargs -n1 curl -s",
    "while ! [ -s x ]; do curl -s URL -o x; sleep 1; done",
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
    assert unanswered(script.replace("URL", "https://a.example.com/x")) is not None


@pytest.mark.parametrize("script", [*SEEN, *OTHERS])
def test_what_may_be_seen_is_not_told(script: str) -> None:
    assert unanswered(script.replace("URL", "https://a.example.com/x")) is None


@pytest.mark.parametrize(
    ("script", "result", "expected"),
    [
        ("curl -sS URL -o rate.json", "", True),
        ("flock /tmp/lock curl -sS URL > rate.json", "", True),
        ('for day in 1 2; do curl -sS URL -d "$day"; done', "", True),
        ("curl -sS URL -o rate.json\n[ -s rate.json ]", "", False),
        ("curl -sS URL -o rate.json\nwhile read -r n; do echo $n; done < rate.json", "", False),
        ("curl -sS URL -o rate.json\nnode check.js rate.json", "", False),
        ("curl -sS URL > /dev/null", "", False),
        ('curl -sS URL >> "$WFC_OUTPUT"', "-> { rate: int }", False),
    ],
)
def test_flows(script: str, result: str, expected: bool) -> None:
    body = script.replace("URL", "https://a.example.com/x").replace("\n", "\n    ")
    found = codes(flow(f'task a = shell("""\n    {body}\n  """) {result}'))
    assert ("WF419" in found) is expected, found
    assert not {"WF001", "WF102", "WF202", "WF213"} & {*found}, found


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
