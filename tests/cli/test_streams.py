"""Where the command line writes to: full disks, closed streams, devices, links; nothing that was printed is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """flow good {
  task a = shell("echo n=1 >> $WFC_OUTPUT") -> { n: int } timeout 1m
}
"""


def bash(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which WFC is the command line, its output buffered as a user's is."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment["WFC"] = f"{sys.executable} -m wfc"
    command = ["bash", "-c", f"set -o pipefail; {line}"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a good flow, and a file in which something stands."""
    monkeypatch.chdir(tmp_path)
    Path("flow.wf").write_text(GOOD, "utf-8")
    Path("kept").write_text("kept\n", "utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full, a disk that is always full")
@pytest.mark.parametrize(
    ("words", "streams", "code", "said"),
    [
        ("explain WF301", "", 0, ""),
        ("explain WF301", ">/dev/full", 2, "wfc: the output: No space left on device\n"),
        ("dump flow.wf", ">/dev/full", 2, "wfc: the output: No space left on device\n"),
        (
            "check flow.wf --format json -o /dev/full",
            "",
            2,
            "wfc: /dev/full can't be written: No space left on device\n  help: check the folder and its permissions\n",
        ),
        ("check nothing.wf", "2>/dev/full", 2, ""),
        ("check flow.wf", ">&-", 0, "no findings in 1 file\n"),
        ("check nothing.wf", ">&- 2>&-", 2, ""),
        ("dump -", "<&-", 0, ""),
        ("actions http", "| head -n 1", 0, ""),
    ],
)
def test_streams_that_take_nothing(words: str, streams: str, code: int, said: str) -> None:
    device = Path("/dev/full").stat().st_mode
    done = bash(f"$WFC {words} {streams}")
    assert (done.returncode, done.stderr) == (code, said)
    assert Path("/dev/full").stat().st_mode == device


@pytest.mark.parametrize("place", ["/dev/stdout", "/proc/self/fd/1", "link"])
def test_what_stands_behind_a_stream_is_not_replaced(place: str) -> None:
    Path("link").symlink_to("/dev/stdout")
    assert bash(f"$WFC check flow.wf --format json -o {place} >> kept").returncode == 0
    assert Path("kept").read_text("utf-8") == 'kept\n{\n  "version": 1,\n  "diagnostics": []\n}\n'
    assert Path("link").is_symlink()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this system has no /dev/shm, a folder of files in memory")
def test_a_file_below_dev_is_a_file() -> None:
    place = Path("/dev/shm", f"wfc-{os.getpid()}.wf")
    try:
        place.write_text(GOOD.replace("  task", " task"), "utf-8")
        assert bash(f"$WFC fmt {place}").returncode == 0
        assert place.read_text("utf-8") == GOOD
    finally:
        place.unlink()


@pytest.mark.parametrize(
    ("raised", "code"),
    [("UserError('no')", 2), ("KeyboardInterrupt()", 130), ("ZeroDivisionError()", 5), ("SystemExit(0)", 0)],
)
def test_what_was_printed_before_an_error_is_there(raised: str, code: int) -> None:
    Path("stub.py").write_text(
        "import wfc.cli\nfrom wfc.errors import UserError\n"
        "def broken(args):\n"
        "    print('the results so far')\n"
        f"    raise {raised}\n"
        "wfc.cli.dispatch = broken\nwfc.cli.program()\n",
        "utf-8",
    )
    done = bash(f"{sys.executable} stub.py")
    assert (done.returncode, done.stdout) == (code, "the results so far\n")


def test_what_is_written_keeps_links_and_modes() -> None:
    Path("real").mkdir()
    file = Path("real/flow.wf")
    file.write_text(GOOD.replace("  task", " task"), "utf-8")
    file.chmod(0o640)
    Path("flow.wf").unlink()
    Path("flow.wf").symlink_to(file)
    assert bash("$WFC fmt flow.wf").returncode == 0
    assert Path("flow.wf").is_symlink()
    assert file.read_text("utf-8") == GOOD
    assert file.stat().st_mode & 0o777 == 0o640
    assert os.listdir("real") == ["flow.wf"]
