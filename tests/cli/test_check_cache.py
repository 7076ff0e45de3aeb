"""Findings that are kept for the next run: the same bytes, and never for other inputs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import pytest

from command_line import Done, wfc, write
from wfc.commands import check_cache
from wfc.commands.check import FORMATS, WORTH

FLOW = """flow f{0} {{
  on schedule("0 6 31 2 *", timezone: "Europe/Berlin")
  concurrency 1 skip
  task a = shell("./a")
  task b = http.get(url: "https://a.example.com/{0}") timeout 1m
  task c = flow.run(f{1})
  defaults {{ allow WF301 "read again tomorrow" }}
}}
"""
MANY = WORTH * 5 // 4 // len(FLOW)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is worth keeping, and the folder of the entries."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("WFC_CACHE", str(tmp_path / "kept"))
    write("wfc.toml", "[project]\n")
    write("many.wf", "".join(FLOW.format(number, number + 1) for number in range(MANY)) + FLOW.format(MANY, 0))
    write("small.wf", FLOW.format("_small", 0))
    return tmp_path / "kept"


def entries(kept: Path) -> list[Path]:
    return sorted(kept.glob("*" + check_cache.ENDING)) if kept.exists() else []


def hit(*words: str) -> Done:
    """A check that must not run the checks."""
    with patch("wfc.commands.check.findings", side_effect=AssertionError("the checks were run")):
        return wfc("check", *words)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_bytes_in_every_form(name: str, kept: Path) -> None:
    plain = wfc("check", "--no-cache", "--format", name)
    assert entries(kept) == []
    assert "WF802" in plain.out
    assert wfc("check", "--format", name) == plain
    assert hit("--format", name) == plain
    assert len(entries(kept)) == 1


def test_fixes_labels_and_places_are_kept() -> None:
    plain, first, second = (wfc("check", *words, "--format", "json") for words in (["--no-cache"], [], []))
    assert plain == first == second
    assert '"edits"' in plain.out
    assert '"labels"' in plain.out


def change_another_file() -> None:
    write("small.wf", FLOW.format("_small", 1))


def change_settings() -> None:
    write("wfc.toml", '[check]\nignore = ["WF302"]\n')


def change_version() -> None:
    check_cache.VERSION = "0.0.0"


@pytest.mark.parametrize("change", [change_another_file, change_settings, change_version])
def test_other_inputs_are_not_there(change: object, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_cache, "VERSION", check_cache.VERSION)
    wfc("check", "many.wf")
    hit("many.wf")
    change()  # type: ignore[operator]
    with pytest.raises(BaseException, match=r"a bug in wfc|the checks were run"):
        hit("many.wf")
    assert wfc("check", "many.wf") == wfc("check", "--no-cache", "many.wf")
    assert len(entries(kept)) == 2


@pytest.mark.parametrize("words", [["--preset", "draft"], ["--select", "WF302"], ["--ignore", "WF8"], ["small.wf"]])
def test_other_options_and_paths_are_not_there(words: list[str], kept: Path) -> None:
    wfc("check")
    assert wfc("check", *words) == wfc("check", "--no-cache", *words)
    assert len(entries(kept)) == 2


def test_a_change_of_the_compiler_is_another_input(kept: Path) -> None:
    wfc("check")
    with patch.object(check_cache, "compiler", lambda: iter([("wfc/lex.py", 1, 2)])):
        wfc("check")
    assert len(entries(kept)) == 2
    with patch.object(check_cache, "compiler", lambda: iter(())):
        wfc("check")
    assert len(entries(kept)) == 2


def test_a_zone_that_is_written_anew_in_its_place_is_another_input(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = write(str(tmp_path / "zones" / "Europe" / "Berlin"), b"TZif2")
    monkeypatch.setenv("PYTHONTZPATH", str(tmp_path / "zones"))
    wfc("check")
    hit()
    folders = [(folder, folder.stat().st_mtime_ns) for folder in (zone.parent, zone.parent.parent)]
    zone.write_bytes(b"TZif3 and more")
    assert [(folder, folder.stat().st_mtime_ns) for folder, _ in folders] == folders
    wfc("check")
    assert len(entries(kept)) == 2


def test_small_projects_and_refusals_keep_nothing(kept: Path) -> None:
    Path("many.wf").unlink()
    wfc("check")
    write("many.wf", FLOW * 1000)
    write("wfc.toml", "[check]\ncache = false\n")
    wfc("check")
    wfc("check", "--no-cache")
    assert entries(kept) == []
    write("wfc.toml", '[check]\ncache = "no"\n')
    assert wfc("check").err.startswith(f"wfc: {Path.cwd() / 'wfc.toml'}:2:1: `check.cache` is true or false")


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 100, None])
def test_a_damaged_entry_is_not_there(damage: bytes | None, kept: Path) -> None:
    plain = wfc("check")
    assert len(list(kept.iterdir())) == 2
    for entry in kept.iterdir():
        data = entry.read_bytes()
        entry.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    assert wfc("check") == plain
    assert hit() == plain


def test_a_place_that_can_not_be_written_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = wfc("check", "--no-cache")
    write("../kept", "a file")
    assert wfc("check") == plain
    monkeypatch.setenv("WFC_CACHE", "/proc/nowhere")
    assert wfc("check") == plain
    monkeypatch.delenv("WFC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/proc/nowhere")
    assert wfc("check") == plain
    monkeypatch.setattr(check_cache, "folder", str)
    assert wfc("check") == plain
    assert sorted(os.listdir()) == ["many.wf", "small.wf", "wfc.toml"]


def test_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFC_CACHE", "/a/b")
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.setenv("HOME", "/h")
    assert check_cache.folder() == "/a/b"
    monkeypatch.delenv("WFC_CACHE")
    assert check_cache.folder() == "/x/wfc/check"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert check_cache.folder() == "/h/.cache/wfc/check"


def test_two_at_once(kept: Path) -> None:
    plain = wfc("check", "--no-cache", "--format", "json").out
    code = "import sys; from wfc.cli import main; sys.exit(main(['check', '--format', 'json']))"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(3)]
    assert [one.communicate()[0].decode() for one in running] == [plain] * 3
    assert len(entries(kept)) == 1
    assert list(kept.glob("*.tmp")) == []


def test_what_is_old_or_too_much_goes(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wfc("check")
    (old,) = entries(kept)
    long_ago = time.time() - check_cache.AGE - 10
    os.utime(old, (long_ago, long_ago))
    left = write(str(kept / "x.1.tmp"), "left behind")
    os.utime(left, (long_ago, long_ago))
    wfc("check", "--ignore", "WF1")
    (new,) = entries(kept)
    assert new != old
    assert not left.exists()
    assert new.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(check_cache, "ENTRIES", 4)
    for number in range(2, 5):
        wfc("check", "--ignore", f"WF{number}")
    assert len(entries(kept)) == 2
    assert len(list(kept.iterdir())) == 4
