"""The command line: every command, every exit code, input of every bad kind; no traceback, never half a file."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest

import wfc_targets
from wfc.cli import COMMANDS, main
from wfc.version import VERSION

ROOT = Path(__file__).parents[2]
GOOD = """flow good {
  task a = shell("echo n=1 >> $WFC_OUTPUT") -> { n: int } timeout 1m
}
"""
WARNED = GOOD.replace(" timeout 1m", "")


class Done(NamedTuple):
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


Wfc = Callable[..., Done]


@pytest.fixture
def wfc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Wfc:
    """Run `wfc` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("WFC_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        try:
            code = main(list(words))
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Done(code, said.out, said.err)

    return run


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


# --- the overview ---


def test_the_overview_and_the_version(wfc: Wfc) -> None:
    assert wfc("--version").out == f"wfc {VERSION}\n"
    assert wfc().code == 2
    shown = wfc("--help")
    assert shown.code == 0
    assert all(name in shown.out for name in COMMANDS)


def test_the_version_is_that_of_the_package() -> None:
    assert f'version = "{VERSION}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_an_unknown_command_is_named_with_the_nearest(wfc: Wfc) -> None:
    done = wfc("chekc")
    assert (done.code, done.err) == (2, "wfc: there is no command `chekc`\n  help: did you mean `wfc check`?\n")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(wfc: Wfc, command: str) -> None:
    done = wfc(command, "--help")
    assert done.code == 0
    assert f"wfc {command}" in done.out


# --- check ---


def test_check_of_a_good_and_a_bad_file(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    assert wfc("check", "good.wf").code == 0
    write("bad.wf", GOOD.replace("shell(", "shel("))
    done = wfc("check", "bad.wf")
    assert done.code == 1
    assert "error[WF102]" in done.out
    line = wfc("check", "--format", "concise", "bad.wf").out.splitlines()[0]
    assert line.startswith("bad.wf:2:12: ")
    assert "WF102" in line


def test_check_as_json_and_as_annotations(wfc: Wfc) -> None:
    write("bad.wf", GOOD.replace("shell(", "shel("))
    found = json.loads(wfc("check", "--format", "json", "bad.wf").out)
    assert "WF102" in json.dumps(found)
    assert wfc("check", "--format", "github", "bad.wf").out.startswith("::error ")


def test_check_of_standard_input(wfc: Wfc) -> None:
    assert wfc("check", "-", stdin=GOOD.encode()).code == 0
    assert wfc("check", "-", stdin=b"flow {").code == 1


def test_check_of_a_project_takes_all_its_flows(wfc: Wfc) -> None:
    write("wfc.toml", '[project]\nroot = "flows"\n[defaults]\ntimeout = "5m"\n')
    write("flows/a.wf", "flow a { task call = flow.run(b, inputs: { n: 1 }) }")
    write("flows/sub/b.wf", 'flow b { input n: int task t = shell("true", env: { N: n }) }')
    assert wfc("check").code == 0
    assert wfc("check", "flows/a.wf").code == 0
    write("flows/sub/b.wf", 'flow b { input m: int task t = shell("true", env: { N: m }) }')
    done = wfc("check", "flows/a.wf")
    assert (done.code, "there is no input of `b` `n`" in done.out) == (1, True)


def test_a_project_has_actions_of_its_own(wfc: Wfc) -> None:
    write("wfc.toml", '[project]\nroot = "flows"\ncatalogs = ["actions"]\n')
    write("actions/crm.wf", 'action crm.ping(id: int) { """Pings.""" effect safe run shell("true", env: { ID: id }) }')
    write("flows/a.wf", "flow a { task p = crm.ping(id: 1) timeout 1m }")
    assert wfc("check").code == 0
    assert wfc("compile", "--target", "kestra").code == 0
    assert "crm.ping" in wfc("actions", "crm").out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[projct]\n", "there is no setting `projct`"),
        ("[project]\nroot = 3\n", "`project.root` is a text"),
        ("[project\n", "wfc.toml"),
        ('[defaults]\nretry = "sometimes()"\n', "sometimes"),
    ],
)
def test_what_is_wrong_with_the_settings_is_told(wfc: Wfc, text: str, said: str) -> None:
    write("wfc.toml", text)
    write("a.wf", GOOD)
    done = wfc("check")
    assert done.code in (1, 2)
    assert said in done.err + done.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("target nope { a: 1 }", "there is no target `nope`"),
        ('target github { runson: "x" }', "did you mean `runs_on`?"),
        ("target github { runs_on: 5 }", "the option `runs_on` of `target github` is a string"),
        ('target kestra { runner: "podman" }', 'is "docker" or "process"'),
    ],
)
def test_options_of_targets_are_checked(wfc: Wfc, options: str, said: str) -> None:
    write("good.wf", GOOD.replace("{\n", f"{{\n  {options}\n", 1))
    done = wfc("check", "good.wf")
    assert (done.code, said in " ".join(done.out.split())) == (1, True), done.out


def test_options_in_the_settings_are_checked(wfc: Wfc) -> None:
    write("wfc.toml", "[target.kestra]\nfoo = 1\n")
    write("good.wf", GOOD)
    assert "there is no option of [target.kestra] `foo`" in wfc("check").out


# --- bad input ---


@pytest.mark.parametrize(
    "command", [["check"], ["compile", "--target", "kestra"], ["fmt", "--check"], ["dump"], ["test"]]
)
@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"\x00\x01\x02flow", 2, "binary"),
        (b"flow a { # \xff\xfe\n}", 2, "not UTF-8"),
        (b"\xef\xbb\xbf" + GOOD.encode(), 0, ""),
        (GOOD.replace("\n", "\r\n").encode(), 0, ""),
        (b"flow a { let x = " + b"(" * 10_000, 1, "deep"),
        (b"flow a { # " + b"x" * 10_000_000 + b"\n}", 0, ""),
        (b"x" * 17 * 1024 * 1024, 2, "larger than 16 MB"),
    ],
    ids=["binary", "not-utf8", "bom", "crlf", "deep", "long-line", "huge"],
)
def test_bad_input_has_a_clear_end(wfc: Wfc, command: list[str], content: bytes, code: int, said: str) -> None:
    write("input.wf", content)
    done = wfc(*command, "input.wf")
    if code:
        assert done.code == code, done.err[-500:]
    else:
        assert done.code in (0, 1 if command[0] in ("fmt", "check") else 0, 2 if b"xxx" in content else 0), done.err[
            -500:
        ]
    assert said in done.err + done.out


def test_an_empty_file(wfc: Wfc) -> None:
    write("empty.wf", b"")
    assert wfc("check", "empty.wf").code == 0
    done = wfc("compile", "--target", "kestra", "empty.wf")
    assert (done.code, "there is no flow in empty.wf" in done.err) == (2, True)


def test_a_missing_file_and_a_folder(wfc: Wfc) -> None:
    write("nightly.wf", GOOD)
    done = wfc("check", "nightl.wf")
    assert (done.code, done.err) == (2, "wfc: there is no file nightl.wf\n  help: did you mean nightly.wf?\n")
    Path("folder").mkdir()
    assert "there is no .wf file in folder" in wfc("check", "folder").err


def test_a_file_that_can_not_be_read(wfc: Wfc) -> None:
    if os.geteuid() == 0:  # root may read every file, but not this one
        assert "/proc/self/mem can't be read" in wfc("dump", "/proc/self/mem").err
    else:
        write("secret.wf", GOOD).chmod(0)
        assert "may not be read" in wfc("dump", "secret.wf").err


# --- compile ---


@pytest.mark.parametrize("target", wfc_targets.NAMES)
def test_compile_to_standard_output_and_to_a_folder(wfc: Wfc, target: str) -> None:
    write("good.wf", GOOD)
    done = wfc("compile", "good.wf", "--target", target)
    assert (done.code, "good" in done.out) == (0, True)
    assert wfc("compile", "good.wf", "--target", target, "-o", "out", "--manifest", "manifests").code == 0
    folder = {"kestra": "flows", "airflow": "dags", "github": ".github/workflows"}[target]
    written = [path for path in Path("out", folder).iterdir() if path.stem == "good"]
    assert [path.read_text("utf-8") for path in written] == [done.out]
    schema = json.loads((files("wfc_schemas") / "manifest.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(Path("manifests", f"good.{target}.json").read_text("utf-8")), schema)


def test_compile_check_tells_stale_and_missing_files(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    assert wfc("compile", "--target", "kestra", "-o", ".", "--check").code == 1
    assert wfc("compile", "--target", "kestra", "-o", ".").code == 0
    assert wfc("compile", "--target", "kestra", "-o", ".", "--check").code == 0
    write("good.wf", GOOD.replace("n=1", "n=2"))
    done = wfc("compile", "--target", "kestra", "-o", ".", "--check")
    assert (done.code, "flows/good.yaml is stale" in done.err) == (1, True)


def test_compile_check_tells_what_is_left_over(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    write("other.wf", GOOD.replace("flow good", "flow other"))
    assert wfc("compile", "--target", "airflow", "-o", ".").code == 0
    write("dags/mine.py", "# written by hand\n")
    Path("other.wf").unlink()
    done = wfc("compile", "--target", "airflow", "-o", ".", "--check")
    lines = [line for line in done.err.splitlines() if line.endswith("any more")]
    assert (done.code, lines) == (1, ["./dags/other.py is left over: no flow makes it any more"])
    assert wfc("compile", "good.wf", "--target", "airflow", "-o", ".", "--check").code == 0


def test_compile_writes_all_files_or_none(wfc: Wfc) -> None:
    write("a.wf", GOOD.replace("flow good", "flow a"))
    write("b.wf", GOOD.replace("flow good", "flow b"))
    Path("flows", "b.yaml").mkdir(parents=True)
    done = wfc("compile", "--target", "kestra", "-o", ".")
    assert (done.code, "flows/b.yaml can't be written" in done.err) == (2, True)
    assert [path.name for path in Path("flows").iterdir()] == ["b.yaml"]


def test_generate_does_not_replace_a_file_unasked(wfc: Wfc) -> None:
    words = "Every night at 02:00, run `./load` within 5 minutes."
    write("load.wf", "mine")
    done = wfc("generate", words, "-o", "load.wf")
    assert (done.code, Path("load.wf").read_text()) == (2, "mine")
    assert "--overwrite" in done.err
    wfc("generate", words, "-o", "load.wf", "--overwrite", "--force")
    assert Path("load.wf").read_text().startswith("flow ")


def test_settings_that_name_what_is_not_there(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    write("wfc.toml", '[check]\nignore = ["WF30l"]\n')
    done = wfc("check")
    assert (done.code, "WF30l" in done.err, "did you mean WF301?" in done.err) == (2, True, True)
    write("wfc.toml", '[project]\nroot = "flow"\n')
    done = wfc("check")
    assert (done.code, "`root` names flow, which is not there" in done.err) == (2, True)


def test_several_flows_need_a_folder(wfc: Wfc) -> None:
    write("two.wf", GOOD + GOOD.replace("flow good", "flow better"))
    done = wfc("compile", "two.wf", "--target", "kestra")
    assert (done.code, done.out) == (2, "")
    assert "-o DIR" in done.err


def test_nothing_is_written_when_there_is_an_error(wfc: Wfc) -> None:
    write("bad.wf", GOOD.replace("shell(", "shel("))
    assert wfc("compile", "bad.wf", "--target", "kestra", "-o", "out").code == 1
    assert not Path("out").exists()


def test_an_unknown_version_names_the_known_ones(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    done = wfc("compile", "good.wf", "--target", "kestra", "--target-version", "9")
    assert (done.code, "known: 2.0, 1.3" in done.err) == (2, True)


def test_a_warning_is_shown_and_does_not_stop_a_compilation(wfc: Wfc) -> None:
    write("warned.wf", WARNED)
    assert wfc("check", "warned.wf").code == 1
    done = wfc("compile", "warned.wf", "--target", "kestra")
    assert (done.code, "WF302" in done.err, "id: warned" in done.out or "id: good" in done.out) == (0, True, True)


def test_an_output_folder_that_is_a_file(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    write("out", "a file")
    done = wfc("compile", "good.wf", "--target", "kestra", "-o", "out")
    assert (done.code, "can't be written" in done.err) == (2, True)


# --- the other commands ---


def test_fmt_writes_checks_and_shows_the_difference(wfc: Wfc) -> None:
    path = write("ugly.wf", GOOD.replace("  task", "     task"))
    assert wfc("fmt", "--check", "ugly.wf").code == 1
    assert "-     task" in wfc("fmt", "--diff", "ugly.wf").out
    assert path.read_text("utf-8") != GOOD
    assert wfc("fmt", "ugly.wf").code == 0
    assert path.read_text("utf-8") == GOOD
    assert wfc("fmt", "-", stdin=b"flow a { }").out.startswith("flow a {")


def test_fmt_leaves_a_broken_file_alone(wfc: Wfc) -> None:
    path = write("broken.wf", "flow a {\n     task b = \n}")
    assert wfc("fmt", "broken.wf").code == 1
    assert path.read_text("utf-8") == "flow a {\n     task b = \n}"


def test_a_dump_compiles(wfc: Wfc) -> None:
    write("good.wf", GOOD)
    write("good.wf.json", wfc("dump", "good.wf").out)
    direct, read = wfc("compile", "good.wf", "--target", "github"), wfc("compile", "good.wf.json", "--target", "github")
    assert (direct.code, read.code) == (0, 0)
    without_header = [done.out.partition("\nname:")[2] for done in (direct, read)]
    assert without_header[0] == without_header[1]
    assert wfc("fmt", "--from-json", "good.wf.json").out == GOOD.replace("shell(", "shell(script: ")


def test_test_runs_the_tests_of_a_flow(wfc: Wfc) -> None:
    body = GOOD.rstrip("}\n") + '\n  test "it fails" { given a fails expect flow failed }\n}\n'
    write("tested.wf", body)
    done = wfc("test", "tested.wf")
    assert (done.code, "1 passed, 0 failed" in done.out) == (0, True)
    write("tested.wf", body.replace("expect flow failed", "expect flow succeeded"))
    assert wfc("test", "tested.wf").code == 1


def test_explain_actions_and_targets(wfc: Wfc) -> None:
    assert "WF301" in wfc("explain", "WF301").out
    unknown = wfc("explain", "WF000")
    assert unknown.code == 2
    assert "github.create_issue" in wfc("actions", "open", "an", "issue").out
    assert wfc("actions", "github.create_issue").out.startswith("action github.create_issue(")
    nothing = wfc("actions", "zzzzqqq")
    assert (nothing.code, "nothing in the catalog fits" in nothing.err) == (1, True)
    assert "| feature" in wfc("targets").out
    assert "## Kestra" in wfc("targets", "kestra").out


def test_a_bug_is_told_without_a_traceback(wfc: Wfc, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(args: list[str]) -> int:
        raise ZeroDivisionError(f"in {args}")

    monkeypatch.setattr("wfc.cli.dispatch", broken)
    done = wfc("check")
    assert done.code == 5
    assert f"a bug in wfc {VERSION}: ZeroDivisionError" in done.err
    assert "--debug" in done.err
    with pytest.raises(ZeroDivisionError):
        main(["check", "--debug"])
