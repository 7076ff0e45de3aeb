"""One file that can't be read as a text: a finding at its path, and all others are checked as ever."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.finding import examples
from command_line import codes, wfc, write
from wfc.commands.check import FORMATS
from wfc.explain import page
from wfc.files import LARGEST

GOOD = 'flow good { task a = shell("./a") }\n'


def linked(target: str) -> Callable[[], object]:
    return lambda: os.symlink(target, "odd.wf")


def holding(data: bytes) -> Callable[[], object]:
    return lambda: write("odd.wf", data)


ODD = {
    "latin-1": (holding(b"flow f {\n  # caf\xe9\n}"), "2:8", "is not UTF-8 (byte 0xe9 at offset 16)", "save the file"),
    "mark": (holding(b"\xef\xbb\xbf# \xff"), "1:3", "is not UTF-8 (byte 0xff at offset 5)", "save the file"),
    "zero": (holding(b"flow g {\n \0}"), "2:2", "is a binary file (it holds a zero byte)", "take the byte out"),
    "utf-16": (holding("flow h { }".encode("utf-16")), "1:1", "is a text in UTF-16", "save the file as UTF-8"),
    "huge": (holding(b"# x\n" * (LARGEST // 4 + 1)), "1:1", "is larger than 16 MB", "split it"),
    "dangling": (linked("gone.wf"), "1:1", "is a link to gone.wf, which is not there", "mend the link"),
    "loop": (linked("odd.wf"), "1:1", "is a link that leads to itself", "mend the link"),
    "pipe": (lambda: os.mkfifo("odd.wf"), "1:1", "is a pipe or a device", "as standard input"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("good.wf", GOOD)


@pytest.mark.parametrize(("make", "place", "problem", "remedy"), ODD.values(), ids=ODD)
def test_the_others_are_checked(make: Callable[[], object], place: str, problem: str, remedy: str) -> None:
    make()
    done = wfc("check", "--format", "concise", "--no-cache")
    assert done.code == 2
    assert done.out.splitlines() == [
        "good.wf:1:22: WF302 `a` may hang for ever: nothing bounds the script",
        f"odd.wf:{place}: WF005 the file {problem}",
    ]
    (found,) = json.loads(wfc("check", "--format", "json", "odd.wf").out)["diagnostics"]
    assert (found["path"], found["severity"], remedy in found["help"]) == ("odd.wf", "error", True)
    for name in FORMATS:
        shown = wfc("check", "--format", name)
        assert (shown.code, "odd.wf" in shown.out, "good.wf" in shown.out) == (2, True, True), name
    compiled = wfc("compile", "--target", "kestra", "-o", "out", "good.wf", "odd.wf")
    assert (compiled.code, problem in compiled.err, Path("out").exists()) == (2, True, False)


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode().replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode().rstrip(),
    ],
    ids=["crlf", "mark", "no-end"],
)
def test_texts_that_only_look_odd(data: bytes) -> None:
    write("good.wf", data)
    assert codes(wfc("check", "--format", "concise")) == ["WF302"]


def test_a_carriage_return_alone_hides_nothing() -> None:
    write("good.wf", b'flow f {\n # then\r task a = shell("x")\n}\n')
    assert codes(wfc("check", "--format", "concise")) == ["WF001"]


def test_a_folder_named_as_a_file_is_a_folder() -> None:
    write("x.wf/in.wf", GOOD.replace("good", "inner"))
    assert codes(wfc("check", "--format", "concise", "x.wf")) == ["WF302"]
    assert codes(wfc("check", "--format", "concise")) == ["WF302", "WF302"]


def test_names_that_may_stand_in_it_are_not_unknown() -> None:
    write("good.wf", "flow good { task x = flow.run(hidden) task y = no_such.action(1) }")
    write("more.wf", "flow more { on hidden.event() input x: Hidden = 1 output y: Hidden = x }")
    unknown = [line for line in wfc("check", "--format", "concise").out.splitlines() if "WF102" in line]
    assert [line.split("there is no ")[1].split()[0] for line in unknown] == [
        "flow",
        "action",
        "trigger",
        "type",
        "type",
    ]
    write("odd.wf", b"flow hidden { } # \xff")
    assert codes(wfc("check", "--format", "concise")) == ["WF005"]


def test_it_is_told_of_though_another_file_was_named() -> None:
    write("wfc.toml", "")
    write("odd.wf", b"\xff")
    done = wfc("check", "--format", "concise", "good.wf")
    assert (done.code, codes(done)) == (2, ["WF302", "WF005"])


def test_fixes_leave_it_alone() -> None:
    path = write("odd.wf", b"\xff")
    done = wfc("check", "--format", "concise", "--fix", "--unsafe-fixes")
    assert (done.code, codes(done), path.read_bytes()) == (2, ["WF005"], b"\xff")
    assert Path("good.wf").read_text("utf-8") == GOOD.replace('a") }', 'a") timeout 1h }')


def test_a_baseline_neither_knows_it_nor_takes_its_findings_for_mended() -> None:
    write("odd.wf", GOOD.replace("good", "odd"))
    wfc("check", "--write-baseline", "known.json")
    write("odd.wf", b"\xff")
    done = wfc("check", "--format", "concise", "--baseline", "known.json")
    assert (done.code, codes(done), done.err) == (2, ["WF005"], "1 known finding hidden by known.json\n")


def test_standard_input_and_a_dump_that_is_none() -> None:
    done = wfc("check", "--format", "concise", "-", stdin=b"\xff")
    assert (done.code, done.out) == (2, "-:1:1: WF005 standard input is not UTF-8 (byte 0xff at offset 0)\n")
    write("flow.json", "{")
    done = wfc("check", "--format", "concise", "flow.json", "good.wf")
    assert (done.code, codes(done)) == (2, ["WF005", "WF302"])


def test_times_of_the_others_are_explained() -> None:
    write("odd.wf", b"\xff")
    done = wfc("check", "--explain-time")
    assert (done.code, done.out.startswith("good (good.wf)"), "WF005" in done.err) == (2, True, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_may_not_be_listed() -> None:
    Path("closed").mkdir()
    Path("closed").chmod(0)
    done = wfc("check", "--format", "concise")
    assert (done.code, codes(done), "closed:1:1" in done.out) == (2, ["WF005", "WF302"], True)


def test_a_folder_that_can_not_be_listed_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("closed").mkdir()
    listed, opened = os.scandir, open

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    def refused(path: str, *args: object, **more: object) -> object:
        if str(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr("builtins.open", refused)
    done = wfc("check", "--format", "concise")
    assert (done.code, done.out.splitlines()[0]) == (2, "closed:1:1: WF005 the file may not be read")


@pytest.mark.parametrize(("heading", "wanted"), [("Bad", ["WF005"]), ("Good", [])])
def test_examples_of_the_page(heading: str, wanted: list[str]) -> None:
    assert list(examples(page("WF005").doc)) == []
    fences = re.findall(r"## (\w+)\n```sh\n(.*); wfc check\n```", page("WF005").doc)
    subprocess.run(["bash", "-c", dict(fences)[heading]], check=True)
    Path("good.wf").unlink()
    assert codes(wfc("check", "--format", "concise")) == wanted
