"""`wfc check --fix` and `--diff`: what is made, what is left out, and that files keep what is not theirs to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.finding import examples
from command_line import Done, codes, wfc, write
from wfc.checks import PAGES
from wfc.diagnostic import Diagnostic, Edit, Fix
from wfc.explain import page
from wfc.fixing import ROUNDS, mend
from wfc.source import Span

# A request without a retry (WF301) and without a limit (WF302): both clauses belong to the same place.
FLOW = """flow f {
  task a = http.get(url: "https://a.example")
}
"""
MENDED = """flow f {
  task a = http.get(url: "https://a.example") timeout 5m retry exponential(attempts: 4, first: 2s, max: 1m)
}
"""
UNSAFE = """flow g {
  input n: int
  task a = shell("./a") timeout 1m
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*words: str) -> Done:
    return wfc("check", "--format", "concise", *words)


def test_fixes_are_made_though_they_meet_in_one_place() -> None:
    write("f.wf", FLOW)
    assert codes(check("f.wf")) == ["WF301", "WF302"]
    done = check("--fix", "--unsafe-fixes", "f.wf")
    assert (done.code, done.out) == (0, "")
    assert sorted(line.partition(": ")[0] for line in done.err.splitlines()) == [
        "fixed f.wf:2 WF301",
        "fixed f.wf:2 WF302",
    ]
    text = Path("f.wf").read_text("utf-8")
    assert sorted(text.split()) == sorted(MENDED.split())
    again = check("--fix", "--unsafe-fixes", "f.wf")
    assert (again, Path("f.wf").read_text("utf-8")) == ((0, "", ""), text)


def test_a_difference_is_shown_and_nothing_written() -> None:
    path = write("f.wf", FLOW)
    done = check("--diff", "f.wf")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[:2] == ["--- f.wf", "+++ f.wf"]
    assert [line for line in lines if line.startswith("-  ")] == ["-" + FLOW.splitlines()[1]]
    assert "would fix f.wf:2 WF301" in done.err
    assert path.read_text("utf-8") == FLOW
    assert check("--fix", "--diff", "f.wf") == done
    write("g.wf", UNSAFE)
    assert check("--diff", "g.wf") == (0, "", "")
    assert check("--diff", "-").code == 0
    assert "+++ -" in wfc("check", "--diff", "-", stdin=FLOW.encode()).out


def test_other_fixes_wait_to_be_asked_for() -> None:
    path = write("g.wf", UNSAFE)
    done = check("--fix", "g.wf")
    assert (done.code, codes(done)) == (1, ["WF206"])
    assert done.err == "note: 1 more with a fix that wants a look: --unsafe-fixes (or --diff first)\n"
    assert path.read_text("utf-8") == UNSAFE
    assert check("--diff", "--unsafe-fixes", "g.wf").code == 1
    done = check("--fix", "--unsafe-fixes", "g.wf")
    assert (done.code, done.err) == (0, "fixed g.wf:2 WF206: take `n` away\n")
    assert path.read_text("utf-8") == UNSAFE.replace("  input n: int\n", "")


def test_a_fix_that_breaks_another_file_is_left_out() -> None:
    write("wfc.toml", "")
    path = write("g.wf", UNSAFE)
    write("caller.wf", "flow caller { task call = flow.run(g, inputs: { n: 1 }) }\n")
    done = check("--fix", "--unsafe-fixes", "g.wf")
    assert codes(done) == ["WF206"]
    assert done.err == "left out g.wf:2 WF206: take `n` away: it would bring WF102\n"
    assert path.read_text("utf-8") == UNSAFE


SCHEDULED = """flow f {
  on schedule("*/15 * * * *", timezone: "UTC")
  task a = shell("./a") timeout 20m
}
"""


def test_a_fix_that_a_target_would_do_otherwise_is_left_out() -> None:
    # GitHub keeps one waiting run: `concurrency 1 queue` is WF952 there (docs/targets.md), and native on Airflow
    path = write("f.wf", SCHEDULED)
    done = check("--fix", "--unsafe-fixes", "--target", "github", "f.wf")
    assert (codes(done), path.read_text("utf-8")) == (["WF801"], SCHEDULED)
    assert done.err == "left out f.wf:2 WF801: add `concurrency 1 queue`: it would bring WF952\n"
    assert "+  concurrency 1 queue" in check("--diff", "--unsafe-fixes", "--target", "airflow", "f.wf").out
    # Kestra starts no scheduled run beside the last one, so nothing is found and nothing to be mended
    assert check("--diff", "--unsafe-fixes", "--target", "kestra", "f.wf") == (0, "", "")


def test_what_an_error_hid_from_a_target_does_not_speak_against_its_fix() -> None:
    # with `shel` the flow is not compiled; the queue, which GitHub cuts short, was there before
    path = write("f.wf", SCHEDULED.replace("shell", "shel").replace("  task", "  concurrency 1 queue\n  task"))
    done = check("--fix", "--unsafe-fixes", "--target", "github", "f.wf")
    assert (done.code, codes(done)) == (1, ["WF952"])
    assert done.err == "fixed f.wf:4 WF102: write `shell`\n"
    assert "shell(" in path.read_text("utf-8")


def test_a_broken_flow_keeps_no_other_from_being_judged_by_targets() -> None:
    write("broken.wf", "flow broken { task a = acme.such() }")
    write("f.wf", SCHEDULED)
    done = check("--fix", "--unsafe-fixes", "--target", "github", "f.wf", "broken.wf")
    assert codes(done) == ["WF102", "WF801"]
    assert "left out f.wf:2 WF801" in done.err
    assert "note: broken.wf not compiled for github: mend the errors first" in done.err


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    text = 'flow f {\n  on schedule("*/15 * * * *", timezone: "UTC")\n  task a = shell("./a") timeout 20m\n}\n'
    path = write("f.wf", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert codes(check("f.wf")) == ["WF801"]
    assert check("--fix", "--unsafe-fixes", "f.wf").code == 0
    lines = text.splitlines()
    lines.insert(2, "  concurrency 1 queue")
    assert path.read_bytes() == b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in lines).encode()


def test_what_is_taken_away_leaves_no_blanks() -> None:
    path = write("f.wf", 'flow f {\n  task a = shell("./a") timeout 1m allow WF302 "why" # said\n}\n')
    assert check("--fix", "f.wf").code == 0
    assert path.read_text("utf-8") == 'flow f {\n  task a = shell("./a") timeout 1m  # said\n}\n'
    write("f.wf", 'flow f {\n  task a = shell("./a") timeout 1m   allow WF302 "why"\n}\n')
    assert check("--fix", "f.wf").code == 0
    assert path.read_text("utf-8") == 'flow f {\n  task a = shell("./a") timeout 1m\n}\n'


def test_only_what_was_asked_for_is_changed() -> None:
    write("wfc.toml", "")
    write("f.wf", FLOW)
    other = write("other.wf", FLOW.replace("flow f", "flow other"))
    assert check("--fix", "--unsafe-fixes", "f.wf").code == 0
    assert other.read_text("utf-8") == FLOW.replace("flow f", "flow other")
    assert codes(check("--fix", "--unsafe-fixes", "--select", "WF302", "other.wf")) == []
    assert other.read_text("utf-8") == FLOW.replace("flow f", "flow other").replace('e")', 'e") timeout 5m')


LIMITS = [
    'flow f {{ task a = http.get(url: "https://a.example"){} {} output o: json = a.body }}'.format(*clauses)
    for clauses in (
        ("", "retry fixed(attempts: 2, every: 5s)"),
        (" timeout 1m", "retry exponential(attempts: 12, first: 2s)"),
        (" until a.status == 200 every 5s", "timeout 1m retry fixed(attempts: 2, every: 5s)"),
    )
]


@pytest.mark.parametrize("text", [*LIMITS, 'flow f { approve go = "Go?" by "us" task a = shell("./a") timeout 1m }'])
def test_a_limit_is_no_safe_fix(text: str) -> None:
    path = write("f.wf", text)
    assert len(codes(check("f.wf"))) == 1
    assert len(codes(check("--fix", "f.wf"))) == 1
    assert path.read_text("utf-8") == text
    assert codes(check("--fix", "--unsafe-fixes", "f.wf")) == []


def test_a_dumped_flow_has_no_text_to_change() -> None:
    write("f.wf", FLOW)
    path = write("f.json", wfc("dump", "f.wf").out)
    before = path.read_bytes()
    assert check("--fix", "f.json").code == 1
    assert path.read_bytes() == before


def test_broken_files_stay_as_they_are() -> None:
    path = write("broken.wf", FLOW + "}")
    write("f.wf", FLOW.replace("flow f", "flow g"))
    done = check("--fix", "broken.wf", "f.wf")
    assert "WF001" in codes(done)
    assert done.err.startswith("note: broken.wf is left as it is: mend its syntax first\nfixed f.wf:2 ")
    assert path.read_text("utf-8") == FLOW + "}"


@pytest.mark.parametrize(
    "options",
    [
        ["--unsafe-fixes"],
        ["--fix", "--baseline", "known.json"],
        ["--diff", "--write-baseline", "known.json"],
        ["--diff", "--output", "x"],
    ],
)
def test_options_that_make_no_sense_together(options: list[str]) -> None:
    write("f.wf", FLOW)
    done = check(*options, "f.wf")
    assert (done.code, done.out, "  help: " in done.err) == (2, "", True)


def test_standard_input_can_not_be_changed() -> None:
    done = wfc("check", "--fix", "-", stdin=FLOW.encode())
    assert (done.code, done.err) == (
        2,
        "wfc: --fix can't change standard input\n  help: name a file, or use --diff\n",
    )


# --- the judge, with a language of its own: each `x` is a finding X, each `y` a finding Y ---


def judge(texts: dict[str, str], insert: str) -> tuple[Diagnostic, ...]:
    """One finding for each x and y; the fix of an x puts `insert` in its place."""
    return tuple(
        Diagnostic(
            f"WF{letter}",
            letter,
            "error",
            f"{letter} at {at}",
            Span(at, at + 1, path),
            fixes=(Fix("mend", (Edit(Span(at, at + 1, path), insert),)),) if letter == "x" else (),
        )
        for path, text in texts.items()
        for at, letter in enumerate(text)
        if letter in "xy"
    )


def mended(text: str, insert: str) -> tuple[str, int, int]:
    """The text after the fixes, how many were made and how many left out."""

    def check(texts: dict[str, str]) -> tuple[Diagnostic, ...]:
        return judge(texts, insert)

    texts = {"f": text}
    result = mend(texts, check(texts), {"f"}, check)
    assert result.found == check(result.texts)
    return result.texts["f"], len(result.done), len(result.refused)


def test_a_fix_that_is_clean_is_made() -> None:
    assert mended("a x b x", "-") == ("a - b -", 2, 0)


def test_fixes_that_touch_take_turns() -> None:
    assert mended("xxx", "-") == ("---", 3, 0)


def test_a_fix_that_adds_a_finding_is_left_out() -> None:
    assert mended("a x b x", "y") == ("a x b x", 0, 2)


def test_a_fix_that_leaves_its_finding_is_left_out() -> None:
    assert mended("a x b x", "x ") == ("a x b x", 0, 2)


def test_one_bad_fix_does_not_cost_the_others() -> None:
    def check(texts: dict[str, str]) -> tuple[Diagnostic, ...]:
        # the fix of the third line brings a finding, those of the others do not
        return tuple(
            Diagnostic(
                item.code,
                item.name,
                "error",
                item.message,
                item.span,
                fixes=(Fix("mend", (Edit(item.span, "y" if texts["f"][: item.span.start].count("\n") == 2 else "-"),)),)
                if item.code == "WFx"
                else (),
            )
            for item in judge(texts, "")
        )

    texts = {"f": "x a\nx b\nx c\nx d\n"}
    result = mend(texts, check(texts), {"f"}, check)
    assert result.texts == {"f": "- a\n- b\nx c\n- d\n"}
    assert (len(result.done), [change.reason for change in result.refused]) == (3, ["it would bring WFy"])


def test_rounds_end() -> None:
    def check(texts: dict[str, str]) -> tuple[Diagnostic, ...]:
        # every fix uncovers the next finding, without end: `1` becomes `2`, and so on
        number = int(texts["f"])
        span = Span(0, len(texts["f"]), "f")
        fix = Fix("next", (Edit(span, str(number + 1)),))
        return (Diagnostic(f"WF{number}", "n", "error", "n", span, fixes=(fix,)),)

    def growing(texts: dict[str, str]) -> tuple[Diagnostic, ...]:
        number = int(texts["f"])
        span = Span(0, len(texts["f"]), "f")
        fix = Fix("less", (Edit(span, str(number - 1)),))
        return tuple(Diagnostic("WFn", "n", "error", "n", span, fixes=(fix,)) for _ in range(number))

    refused = mend({"f": "1"}, check({"f": "1"}), {"f"}, check)
    assert (refused.texts, len(refused.refused)) == ({"f": "1"}, 1)
    result = mend({"f": "30"}, growing({"f": "30"}), {"f"}, growing)
    assert result.texts == {"f": str(30 - ROUNDS)}


# --- every page of the checks ---

BAD = [
    pytest.param(text, id=f"{code}-{number}")
    for code in PAGES
    for number, (heading, _, text) in enumerate(examples(page(code).doc))
    if heading == "Bad" and code != "WF001"
]


@pytest.mark.parametrize("text", BAD)
def test_fixes_of_a_page_bring_nothing_and_end(text: str) -> None:
    path = write("f.wf", text)
    before = codes(check("f.wf"))
    done = check("--fix", "--unsafe-fixes", "f.wf")
    after = codes(done)
    assert len(after) == len(before) - done.err.count("fixed ")
    assert set(after) <= set(before)
    mended = path.read_text("utf-8")
    assert check("--diff", "--unsafe-fixes", "f.wf").out == ""
    assert path.read_text("utf-8") == mended
