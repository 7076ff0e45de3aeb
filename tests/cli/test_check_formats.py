"""`wfc check --format`: what other programs read, held against their specifications."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest

from checks.finding import examples
from command_line import wfc, write
from wfc.checks import PAGES
from wfc.commands.check import FORMATS
from wfc.diagnostic import Diagnostic
from wfc.explain import page
from wfc.formats.llm import listing
from wfc.formats.sarif import uri
from wfc.source import Source, Span

SCHEMA = Path(__file__).parent / "sarif" / "sarif-2.1.0-rtm.5.json"

# WF802 (an error), and WF302 (a warning), which has a safe fix for it is a request.
FLOW = """flow f {
  on schedule("0 6 31 2 *", timezone: "Europe/Berlin")
  concurrency 1 skip
  task a = http.get(url: "https://a.example/ä😀") retry fixed(attempts: 2, every: 1s)
}
"""
GOOD = 'flow good { task a = shell("./a") timeout 1m }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def sarif(*paths: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(wfc("check", "--format", "sarif", *paths).out)
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(log)
    return log


def test_sarif_declares_all_rules_also_without_findings() -> None:
    write("good.wf", GOOD)
    (run,) = sarif("good.wf")["runs"]
    assert run["results"] == []
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(PAGES)
    for rule in rules:
        assert f"`wfc explain {rule['id']}`" in rule["help"]["markdown"]
        assert "## Bad" in rule["help"]["text"]


def test_sarif_places_count_characters() -> None:
    write("a b/f.wf", FLOW)
    (run,) = sarif("a b/f.wf")["runs"]
    found = {result["ruleId"]: result for result in run["results"]}
    assert set(found) == {"WF802", "WF302"}
    result = found["WF302"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "WF302"
    assert result["level"] == "warning"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/f.wf"
    call = 'http.get(url: "https://a.example/ä😀")'
    line = FLOW.splitlines()[3]
    assert place["region"] == {
        "startLine": 4,
        "startColumn": line.index(call) + 1,
        "endLine": 4,
        "endColumn": line.index(call) + len(call) + 1,
        "charOffset": FLOW.index(call),
        "charLength": len(call),
    }
    assert place["region"]["charLength"] == len(call.encode("utf-16-le")) // 2 - 1


def test_sarif_fixes_remove_the_finding() -> None:
    write("f.wf", FLOW)
    (run,) = sarif("f.wf")["runs"]
    (fix,) = next(result["fixes"] for result in run["results"] if result["ruleId"] == "WF302")
    (change,) = fix["artifactChanges"]
    text = FLOW
    for edit in sorted(change["replacements"], key=lambda edit: -edit["deletedRegion"]["charOffset"]):
        start = edit["deletedRegion"]["charOffset"]
        text = text[:start] + edit["insertedContent"]["text"] + text[start + edit["deletedRegion"]["charLength"] :]
    write(change["artifactLocation"]["uri"], text)
    assert [result["ruleId"] for result in sarif("f.wf")["runs"][0]["results"]] == ["WF802"]


def test_sarif_names_related_places() -> None:
    two = '  task b = shell("./b")\n}\n'
    write("f.wf", 'flow f {\n  task a = shell("./a")\n' + two)
    (result,) = sarif("f.wf")["runs"][0]["results"]
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 3
    assert related["message"]["text"]


def test_sarif_of_findings_in_the_settings_and_outside_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("wfc.toml", "[target.kestra]\nfoo = 1\n")
    write("f.wf", FLOW)
    (first, *_) = sorted(sarif()["runs"][0]["results"], key=lambda result: result["ruleId"])
    assert first["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "wfc.toml"}
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir("inner")
    outside = sarif(str(tmp_path / "f.wf"))["runs"][0]["results"][0]
    address = outside["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert address.startswith("file:///")
    assert unquote(address.removeprefix("file://")) == str(tmp_path / "f.wf")


def test_uris_hold_ascii_only() -> None:
    assert uri("flüsse/a#b%.wf") == "fl%C3%BCsse/a%23b%25.wf"


def test_fingerprints_outlive_moved_lines_and_change_with_the_text() -> None:
    def prints(text: str, name: str = "f.wf") -> list[str]:
        write(name, text)
        found = json.loads(wfc("check", "--format", "gitlab", name).out)
        assert [one["check_name"] for one in found] == ["cron-never", "missing-timeout"]
        return [one["fingerprint"] for one in found]

    first = prints(FLOW)
    assert len(set(first)) == 2
    assert prints("# a comment\n\n" + FLOW) == first
    assert prints(FLOW.replace("  task a =", "\ttask  a   =")) == first
    assert prints(FLOW.replace("\n", "\r\n")) == first
    cron, limit = prints(FLOW.replace("task a", "task b"))
    assert (cron == first[0], limit == first[1]) == (True, False)
    assert not set(prints(FLOW.replace("flow f", "flow g"))) & set(first)
    assert not set(prints(FLOW, "g.wf")) & set(first)
    (sarif_result, _) = sarif("g.wf")["runs"][0]["results"]
    assert sarif_result["partialFingerprints"]["wfc/v1"] == prints(FLOW, "g.wf")[0]


def test_fingerprints_see_paths_from_the_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    write("wfc.toml", "")
    write("sub/f.wf", FLOW)
    above = json.loads(wfc("check", "--format", "gitlab").out)
    monkeypatch.chdir("sub")
    inside = json.loads(wfc("check", "--format", "gitlab", "f.wf").out)
    assert [one["fingerprint"] for one in above] == [one["fingerprint"] for one in inside]
    assert {one["location"]["path"] for one in inside} == {"f.wf"}


def test_fingerprints_of_equal_lines_differ() -> None:
    write("f.wf", 'flow f { budget { time 1m }\n task a = shell("x")\n input b: int input c: int\n}\n')
    found = json.loads(wfc("check", "--format", "gitlab", "f.wf").out)
    assert [one["check_name"] for one in found] == ["unused-input", "unused-input"]
    assert len({one["fingerprint"] for one in found}) == 2


def test_gitlab_has_what_its_page_asks_for() -> None:
    write("f.wf", FLOW)
    found = json.loads(wfc("check", "--format", "gitlab", "f.wf").out)
    for one in found:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["location"]["path"] == "f.wf"
    assert [one["location"]["lines"]["begin"] for one in found] == [2, 4]
    write("good.wf", GOOD)
    assert wfc("check", "--format", "gitlab", "good.wf").out == "[]\n"


def test_junit_counts_what_fails() -> None:
    write("f.wf", FLOW)
    write("good.wf", GOOD)
    write("wfc.toml", '[check.severity]\nWF802 = "info"\n')
    root = ElementTree.fromstring(wfc("check", "--format", "junit").out)
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "3", "1", "0")
    assert [(one.get("name"), one.get("tests"), one.get("failures")) for one in root] == [
        ("f.wf", "2", "1"),
        ("good.wf", "1", "0"),
    ]
    cases = root.findall("./testsuite[@name='f.wf']/testcase")
    assert [[child.tag for child in case] for case in cases] == [["system-out"], ["failure"]]
    failure = cases[1][0]
    assert failure.get("type") == "warning"
    assert failure.text is not None
    assert failure.text.startswith("f.wf:4:12: `a` may hang for ever")


def test_junit_is_xml_whatever_a_flow_holds() -> None:
    write("f.wf", 'flow f { task a = shell("x", env: { A: "<&\\u0001]]>" }, bad: "\x1b" ) }\n')
    done = wfc("check", "--format", "junit", "f.wf")
    assert done.code == 1
    ElementTree.fromstring(done.out)


def test_llm_shows_numbered_lines_and_edits() -> None:
    write("f.wf", FLOW)
    out = wfc("check", "--format", "llm", "f.wf").out
    head, *rest = out.split("WF302 warning ")
    assert head.startswith("WF802 error f.wf:2:3: ")
    assert rest[0].startswith("f.wf:4:12: ")
    assert f"  4 | {FLOW.splitlines()[3]}\n" in rest[0]
    line = FLOW.splitlines()[3]
    assert f'    at 4:{len(line) + 1}: insert " timeout 5m"\n' in rest[0]
    write("good.wf", GOOD)
    assert wfc("check", "--format", "llm", "good.wf").out == ""


def finding(severity: str, message: str, start: int = 0, end: int = 1) -> Diagnostic:
    return Diagnostic("WF302", "missing-timeout", severity, message, Span(start, end, "f.wf"))


def test_llm_keeps_to_its_budget_and_tells_errors_first() -> None:
    sources = {"f.wf": Source("f.wf", "x\n" * 9)}
    found = [finding("warning", f"w{number}" * 10) for number in range(50)] + [finding("error", "the error")]
    text = listing(found, sources, budget=1000)
    assert text.startswith("WF302 error f.wf:1:1: the error\n")
    shown = text.count("WF302 ")
    assert 1 < shown < 51
    assert text.endswith(f"… and {51 - shown} more: mend these first, then check again\n")
    assert len(text.rpartition("… and")[0]) <= 1000
    assert listing(found[:1], sources, budget=1) == listing(found[:1], sources)
    assert "to line 9" in listing([finding("error", "long", 0, 17)], sources)


@pytest.mark.parametrize("form", FORMATS)
def test_output_goes_to_a_file_whole_or_not_at_all(form: str) -> None:
    write("f.wf", FLOW)
    shown = wfc("check", "--format", form, "f.wf")
    written = wfc("check", "--format", form, "--output", "out/report", "f.wf")
    assert (shown.code, written.code, written.out) == (1, 1, "")
    assert Path("out/report").read_bytes().decode("utf-8") == shown.out
    failed = wfc("check", "--format", form, "-o", "out", "f.wf")
    assert (failed.code, failed.out, "out can't be written" in failed.err) == (2, "", True)
    assert sorted(os.listdir("out")) == ["report"]


def test_an_unknown_format_is_refused() -> None:
    write("f.wf", FLOW)
    assert wfc("check", "--format", "sarf", "f.wf").code == 2


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_bytes_whatever_the_order_and_the_hashes_and_what_is_kept(form: str, tmp_path: Path) -> None:
    always = "import sys, wfc.commands.check as check; check.WORTH = 1; from wfc.cli import main; sys.exit(main())"
    names = [f"f{number}.wf" for number in range(6)]
    for name in names:
        # all flows have one name, so which of them is the second matters
        write(name, FLOW.replace("a.example", name) + "flow g { task b = shel(1) task b = a }\n")
    names.append(write("alone.wf", "flow alone { task a = http.get(url: shel) task b = shell('x') }\n").name)
    outputs = set()
    for seed, words in (("0", ["--no-cache"]), ("1", ["--no-cache"]), ("77", []), ("8", [])):
        random.Random(seed).shuffle(names)
        done = subprocess.run(
            [sys.executable, "-c", always, "check", "--format", form, *words, *names],
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "WFC_CACHE": str(tmp_path / "kept")},
            check=False,
        )
        assert done.returncode == 1
        outputs.add(done.stdout + done.stderr)
    assert len(outputs) == 1


def test_all_pages_of_the_checks_can_be_shown_in_every_form() -> None:
    for code in PAGES:
        for number, (heading, _, text) in enumerate(examples(page(code).doc)):
            write(f"{code}/{heading}{number}.wf", text.replace("flow ", f"flow x{code.lower()}{number}_"))
    results = sarif()["runs"][0]["results"]
    found = json.loads(wfc("check", "--format", "json").out)["diagnostics"]
    assert [one["ruleId"] for one in results] == [one["code"] for one in found]
    assert len({one["partialFingerprints"]["wfc/v1"] for one in results}) == len(found)
    for result, one in zip(results, found, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["charOffset"] == one["start"]["offset"]
        assert (region["endLine"], region["endColumn"]) == (one["end"]["line"], one["end"]["column"])
    root = ElementTree.fromstring(wfc("check", "--format", "junit").out)
    assert int(root.get("failures", "")) == sum(one["severity"] != "info" for one in found)
    assert len(json.loads(wfc("check", "--format", "gitlab").out)) == len(found)
    said = wfc("check", "--format", "llm").out
    assert len(said) < 10_000
    assert said.splitlines()[-1].endswith(" more: mend these first, then check again")
