"""Baselines: known findings are hidden wherever they have moved, new ones are shown, those that are gone are named."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from command_line import Done, codes, wfc, write

OLD = """flow old {
  task a = shell("./a")
}
"""
TWICE = """flow twice {
  budget { time 1m }
  task a = shell("./a")
  input b: int input c: int
}
"""
BROKEN = 'flow b { task a = shel("./a") timeout 1m }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("wfc.toml", "")
    write("old.wf", OLD)
    write("twice.wf", TWICE)


def known(*options: str) -> Done:
    return wfc("check", "--format", "concise", "--baseline", "known.json", *options)


def test_what_is_known_is_hidden_and_counted() -> None:
    done = wfc("check", "--write-baseline", "known.json")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("wrote known.json: 3 findings\n")
    assert known() == (0, "", "3 known findings hidden by known.json\n")
    write("new.wf", OLD.replace("old", "new"))
    done = known()
    assert (done.code, codes(done), done.out.partition(":")[0]) == (1, ["WF302"], "new.wf")


def test_findings_are_known_where_they_have_moved() -> None:
    wfc("check", "--write-baseline", "known.json")
    write("old.wf", "# more\n# lines\n\n" + OLD.replace("  task", "      task"))
    assert known() == (0, "", "3 known findings hidden by known.json\n")


def test_one_more_of_the_same_line_is_new() -> None:
    wfc("check", "--write-baseline", "known.json")
    write("twice.wf", TWICE.replace("input c: int", "input c: int input d: int"))
    # the text of the line is another one, so all of it is looked at again
    assert codes(known("twice.wf")) == ["WF206", "WF206", "WF206"]
    write("twice.wf", TWICE.replace("input b: int input c: int", "input b: int\n  input c: int"))
    assert codes(known("twice.wf")) == ["WF206", "WF206"]


def test_one_more_task_with_the_same_fault_is_new() -> None:
    wfc("check", "--write-baseline", "known.json")
    write("old.wf", OLD.replace("}", '  task b = shell("./b")\n}'))
    assert codes(known("old.wf")) == ["WF302"]
    wfc("check", "--write-baseline", "known.json")
    assert codes(known("old.wf")) == []
    write("old.wf", OLD.replace("}", '  task b = shell("./b")\n  task c = shell("./c")\n}'))
    assert codes(known("old.wf")) == ["WF302"]


def test_flows_in_another_order_are_known_and_renamed_ones_are_looked_at_again() -> None:
    first, second = OLD.replace("old", "one"), OLD.replace("old", "two")
    write("old.wf", first + second)
    wfc("check", "--write-baseline", "known.json")
    write("old.wf", second + first)
    assert known() == (0, "", "4 known findings hidden by known.json\n")
    write("old.wf", second + first.replace("one", "three"))
    done = known()
    assert (codes(done), done.err.count("stale in known.json: old.wf: WF302")) == (["WF302"], 1)


def test_an_entry_twice_does_no_harm() -> None:
    wfc("check", "--write-baseline", "known.json")
    data = json.loads(Path("known.json").read_text("utf-8"))
    write("known.json", json.dumps({**data, "findings": data["findings"] * 2}))
    assert known() == (0, "", "3 known findings hidden by known.json\n")


def test_a_conflict_of_a_merge_is_named() -> None:
    wfc("check", "--write-baseline", "known.json")
    head, *rest = Path("known.json").read_text("utf-8").splitlines(keepends=True)
    write("known.json", "".join([head, "<<<<<<< HEAD\n", *rest[:2], "=======\n", *rest[:2], ">>>>>>> b\n", *rest[2:]]))
    done = known()
    assert (done.code, done.err.splitlines()[0]) == (2, "wfc: known.json:2: a conflict of a merge stands here")


def test_what_is_gone_is_named() -> None:
    wfc("check", "--write-baseline", "known.json")
    write("old.wf", OLD.replace('"./a")', '"./a") timeout 1m'))
    done = known()
    assert (done.code, done.out) == (0, "")
    lines = done.err.splitlines()
    assert lines[0] == "2 known findings hidden by known.json"
    assert lines[1].startswith("stale in known.json: old.wf: WF302 `a` may hang")
    assert lines[2].startswith(
        "  help: mended, or the flow, file or line reads otherwise now: write it anew with --write-"
    )
    assert len(lines) == 3
    Path("old.wf").unlink()
    assert "stale in known.json: old.wf" in known().err


def test_nothing_is_stale_that_was_not_looked_for() -> None:
    wfc("check", "--write-baseline", "known.json")
    assert "stale" not in known("twice.wf").err
    assert "stale" not in known("--ignore", "WF3").err
    write("old.wf", OLD + "}")
    assert "stale" not in known().err


def test_errors_of_the_language_are_never_known() -> None:
    write("b.wf", BROKEN)
    done = wfc("check", "--format", "concise", "--write-baseline", "known.json")
    assert (done.code, codes(done)) == (1, ["WF102"])
    assert "WF102" not in Path("known.json").read_text("utf-8")
    assert codes(known()) == ["WF102"]


def test_the_file_is_the_same_each_time_and_fits_its_schema() -> None:
    wfc("check", "--write-baseline", "known.json")
    first = Path("known.json").read_bytes()
    wfc("check", "twice.wf", "old.wf", "--write-baseline", "known.json")
    assert Path("known.json").read_bytes() == first
    schema = json.loads(files("wfc_schemas").joinpath("baseline.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(first), schema)
    for path in ("old.wf", "twice.wf"):
        Path(path).unlink()
    write("good.wf", OLD.replace('"./a")', '"./a") timeout 1m'))
    wfc("check", "--write-baseline", "known.json")
    assert json.loads(Path("known.json").read_bytes()) == {"version": 1, "findings": []}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "known.json:1:2: this is no JSON"),
        ("[]", "known.json is no baseline of wfc"),
        ('{"version": 2, "findings": []}', "known.json has version 2"),
        ('{"version": 1, "findings": [{"path": "a"}]}', "known.json: finding 1 has no text `flow`"),
        ('{"version": 1, "findings": [3]}', "known.json: finding 1 has no text `path`"),
        ("[" * 100_000, "known.json is nested too deep"),
    ],
)
def test_what_is_no_baseline_is_told(content: str, said: str) -> None:
    write("known.json", content)
    done = known()
    assert (done.code, done.out) == (2, "")
    assert f"wfc: {said}" in done.err
    assert "help: write it anew: wfc check --write-baseline known.json" in done.err


def test_a_baseline_that_is_not_there() -> None:
    done = known()
    assert (done.code, done.err.startswith("wfc: there is no file known.json")) == (2, True)


def test_reading_and_writing_at_once_is_refused() -> None:
    assert wfc("check", "--baseline", "a", "--write-baseline", "b").code == 2
