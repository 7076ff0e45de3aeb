"""`wfc check`: which checks are run, how grave they are, for which targets; by the command line and by wfc.toml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import Done, codes, wfc, write
from wfc.check import PRESETS, allowable, in_preset
from wfc.checks import PAGES, all_checks
from wfc.embedded.shell import extend
from wfc.rules import expanded, fits

# A script without an end to its time (WF302), on the 31st of February (WF802).
FLOW = """flow f {
  on schedule("0 6 31 2 *", timezone: "Europe/Berlin")
  concurrency 1 skip
  task a = shell("./a")
}
"""
BROKEN = 'flow f { task a = shel("./a") timeout 1m }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("f.wf", FLOW)
    return tmp_path


def check(*words: str) -> Done:
    return wfc("check", "--format", "concise", *words)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([], ["WF802", "WF302"]),
        (["--select", "WF302"], ["WF302"]),
        (["--select", "wf3"], ["WF302"]),
        (["--select", "missing-timeout,cron-never"], ["WF802", "WF302"]),
        (["--select", "WF302", "--select", "WF802"], ["WF802", "WF302"]),
        (["--ignore", "WF8"], ["WF302"]),
        (["--ignore", " cron-never , WF302 "], []),
        (["--select", "WF3,WF8", "--ignore", "WF3"], ["WF802"]),
        (["--preset", "draft"], ["WF802"]),
        (["--preset", "recommended"], ["WF802", "WF302"]),
        (["--preset", "draft", "--ignore", "WF802"], []),
    ],
)
def test_what_is_run(options: list[str], wanted: list[str]) -> None:
    done = check(*options, "f.wf")
    assert (codes(done), done.code) == (wanted, 1 if wanted else 0)


@pytest.mark.parametrize(
    ("options", "said", "remedy"),
    [
        (["--select", "WF30l"], "--select names WF30l", "did you mean WF301?"),
        (["--ignore", "mising-timeout"], "--ignore names mising-timeout", "did you mean missing-timeout?"),
        (["--ignore", "nothing-of-the-kind"], "--ignore names nothing-of-the-kind", "docs/checks/README.md lists them"),
        (["--ignore", "WF102"], "--ignore: WF102 is always reported, as it is", "mend what it finds"),
        (["--ignore", "WF00"], "--ignore: all of WF00 is always reported", "mend what it finds"),
        (["--select", ""], "--select names no code", "leave it out, or name one"),
        (["--ignore", " , "], "--ignore names no code", "leave it out, or name one"),
        (["--preset", "drafts"], "--preset names drafts, which is no preset", "did you mean draft?"),
        (["--preset", "draft", "--select", "WF3"], "--select and --preset both say what is run", "keep one"),
        (["--target", "kestrel"], "--target names kestrel", "did you mean kestra?"),
        (["--target", "kestra@9"], "kestra has no text for version 9", "known: 2.0, 1.3"),
    ],
)
def test_wrong_options_name_the_remedy(options: list[str], said: str, remedy: str) -> None:
    done = check(*options, "f.wf")
    assert (done.code, done.out) == (2, "")
    assert f"wfc: {said}" in done.err
    assert f"  help: {remedy}" in done.err


def test_errors_of_the_language_are_reported_whatever_is_selected() -> None:
    write("b.wf", BROKEN)
    assert codes(check("--select", "WF802", "b.wf")) == ["WF102"]
    assert codes(check("--ignore", "WF1", "b.wf")) == ["WF102"]


def test_an_allow_is_unused_only_where_its_check_was_run() -> None:
    write("f.wf", FLOW.replace('shell("./a")', 'shell("./a") timeout 1m allow WF302 "short"').replace("31 2", "1 2"))
    assert codes(check("f.wf")) == ["WF003"]
    assert codes(check("--ignore", "WF302", "f.wf")) == []


@pytest.mark.parametrize(
    ("settings", "options", "wanted"),
    [
        ('ignore = ["WF302"]', [], ["WF802"]),
        ('ignore = ["missing-timeout", "WF8"]', [], []),
        ('preset = "draft"', [], ["WF802"]),
        ('select = ["WF3"]', [], ["WF302"]),
        ('severity = { WF302 = "off" }', [], ["WF802"]),
        ('preset = "draft"\nseverity = { missing-timeout = "info" }', [], ["WF802", "WF302"]),
        ('ignore = ["WF302"]\npreset = "draft"', ["--select", "WF302"], ["WF302"]),
        ('severity = { WF302 = "off" }', ["--select", "WF302"], ["WF302"]),
        ('select = ["WF8"]', ["--preset", "recommended"], ["WF802", "WF302"]),
        ('preset = "recommended"', ["--ignore", "WF8"], ["WF302"]),
        ('per-path = { "old/**" = { ignore = ["WF3"] } }', [], ["WF802", "WF302"]),
        ('per-path = { "*.wf" = { ignore = ["WF3"] } }', [], ["WF802"]),
    ],
)
def test_settings_and_the_command_line_over_them(settings: str, options: list[str], wanted: list[str]) -> None:
    write("wfc.toml", f"[check]\n{settings}\n")
    assert codes(check(*options)) == wanted


def test_a_severity_changes_what_counts() -> None:
    write("wfc.toml", '[check]\nignore = ["WF802"]\n[check.severity]\nWF302 = "info"\n')
    assert check().code == 0
    assert wfc("check").out.startswith("info[WF302]")
    write("wfc.toml", '[check]\nignore = ["WF802"]\n[check.severity]\nWF302 = "error"\n')
    assert wfc("check").out.startswith("error[WF302]")
    assert wfc("compile", "--target", "kestra").code == 1


def test_paths_are_those_below_the_folder_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    write("wfc.toml", '[check.per-path]\n"old/**" = { ignore = ["WF3", "cron-never"] }\n')
    write("old/deep/g.wf", FLOW.replace("flow f", "flow g"))
    assert [line.partition(":")[0] for line in check().out.splitlines()] == ["f.wf", "f.wf"]
    monkeypatch.chdir("old")
    assert codes(check("deep/g.wf")) == []
    assert codes(check("../f.wf")) == ["WF802", "WF302"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('preset = "strict"', "[check] preset names strict, which is no preset"),
        ('preset = "draft"\nselect = ["WF3"]', "[check] select and preset both say what is run"),
        ('select = "WF3"', "`check.select` is a list"),
        ("ignore = [3]", "`check.ignore` is a list of texts"),
        ('ignore = ["WF102"]', "[check] ignore: WF102 is always reported"),
        ("severity = { WF302 = 1 }", "`check.severity.WF302` is a text"),
        ('severity = { WF302 = "fatal" }', '[check.severity] WF302 is "fatal"'),
        ('severity = { WF001 = "info" }', "[check.severity]: WF001 is always reported"),
        ('per-path = { "a/*" = ["WF3"] }', '`check.per-path."a/*"` is a table'),
        ('per-path = { "a/*" = { select = ["WF3"] } }', 'no setting `check.per-path."a/*".select`'),
        ('per-path = { "a/*" = { ignore = ["WF9999"] } }', "names WF9999"),
        ('presets = "draft"', "there is no setting `check.presets`"),
    ],
)
def test_wrong_settings_are_told(settings: str, said: str) -> None:
    write("wfc.toml", f"[check]\n{settings}\n")
    done = check()
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "wfc.toml" in done.err


def test_what_a_target_lacks_is_found_without_compiling() -> None:
    write("f.wf", 'flow f {\n  approve go = "Go?" timeout 2d\n  task a = shell("./a") timeout 1m\n}\n')
    assert codes(check("f.wf")) == []
    assert codes(check("--target", "github", "f.wf")) == ["WF952"]
    assert codes(check("--target", "kestra@1.3", "--target", "github", "f.wf")) == ["WF952"]
    assert codes(check("--target", "github", "--ignore", "WF952", "f.wf")) == []


def test_a_difference_of_a_target_can_be_allowed() -> None:
    allowed = 'flow f {\n  approve go = "Go?" timeout 2d allow WF952 "github waits longer, which is fine"\n}\n'
    write("f.wf", allowed)
    assert codes(check("--target", "github", "f.wf")) == []
    assert wfc("compile", "--target", "github", "f.wf").err == ""


def test_flows_with_errors_are_not_compiled_and_it_is_said() -> None:
    write("b.wf", BROKEN.replace("flow f", "flow b"))
    write("c.wf", "flow c { task x = flow.run(b) task y = flow.run(f) }\n")
    write("wfc.toml", "")
    done = check("--target", "github", "b.wf", "c.wf", "f.wf")
    # f has an error too, a date that never comes, but no hole: GitHub's word on `concurrency 1 skip` is not held back
    assert codes(done) == ["WF102", "WF802", "WF951", "WF302"]
    assert done.err == "note: b.wf, c.wf not compiled for github: mend the errors first\n"


CHILD = 'flow child { task c = shell("true") timeout 1m }\n'
REFUSED = [
    ("github", "concurrency 1 skip", "GitHub Actions has no `concurrency 1 skip`"),
    (
        "github",
        "task a = flow.run(child) timeout 1m",
        "GitHub Actions has no `timeout` for the call of a flow, as in `a`",
    ),
    (
        "github",
        " ".join(f"input i{number}: int = 1" for number in range(40)),
        "the flow has 40 inputs, more than GitHub Actions takes",
    ),
    ("airflow", "concurrency 1 skip", "Airflow can't do this: `concurrency … skip`"),
    ("kestra", "concurrency 1 cancel", "Kestra can't do this: `concurrency 1 cancel`"),
    (
        "kestra",
        'workspace w { if run.attempt == 1 { task a = shell("x") } }',
        "more than a plain task inside a workspace",
    ),
]


@pytest.mark.parametrize(("target", "body", "said"), REFUSED)
def test_what_a_target_refuses_is_a_sentence(target: str, body: str, said: str) -> None:
    write("f.wf", f"flow f {{ {body} defaults {{ timeout 1m }} task z = shell('z') }}\n{CHILD}".replace("'", '"'))
    found = json.loads(wfc("check", "--format", "json", "--target", target, "f.wf").out)["diagnostics"]
    refused = [one for one in found if one["code"] == "WF951"]
    assert [said in one["message"] for one in refused] == [True], found
    assert refused[0]["why"].endswith(".")
    assert refused[0]["why"][0] in "`" or refused[0]["why"][0].isupper()


def test_a_circle_of_flows_that_is_no_error_is_refused_by_github() -> None:
    write("f.wf", "flow a { task x = flow.run(b) }\nflow b { task x = flow.run(a) }\n")
    write("wfc.toml", '[check.severity]\nWF901 = "info"\n')
    assert sorted(codes(check("--target", "github", "f.wf"))) == ["WF901", "WF951", "WF951"]
    done = wfc("compile", "--target", "github", "-o", "out", "f.wf")
    assert (done.code, "the call of `b` closes a circle" in done.err) == (1, True)


def test_presets_grow_and_hold_only_what_may_be_ignored() -> None:
    draft, recommended, production = map(in_preset, PRESETS)
    assert {"WF303", "WF404"} < draft < recommended <= production
    assert {check.code for check in all_checks()} <= production
    assert "WF302" in recommended - draft


def test_a_prefix_stands_for_those_that_may_be_ignored() -> None:
    assert expanded(["WF9"], "--ignore") == {code for code in PAGES if code[:3] == "WF9"} - {"WF951", "WF953"}
    assert expanded(["WF"], "--ignore") == allowable()
    assert expanded(["WF"], "--select", silencing=False) == set(PAGES)


@pytest.mark.parametrize(
    ("pattern", "path", "wanted"),
    [
        ("legacy/**", "legacy/a/b.wf", True),
        ("legacy/**", "legacy.wf", False),
        ("legacy/*", "legacy/a/b.wf", False),
        ("legacy/*", "legacy/a.wf", True),
        ("**/a.wf", "a.wf", True),
        ("**/a.wf", "x/y/a.wf", True),
        ("**/a.wf", "x/ba.wf", False),
        ("a?.wf", "ab.wf", True),
        ("a?.wf", "a/.wf", False),
        ("a.wf", "axwf", False),
        ("[a].wf", "a.wf", False),
    ],
)
def test_globs(pattern: str, path: str, wanted: bool) -> None:
    assert fits(path, pattern) is wanted


@pytest.fixture
def as_before() -> Iterator[None]:
    """The commands of a project hold for the process: take them away again."""
    yield
    extend({})


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(
    ("commands", "wanted"),
    [
        ("", ["WF303"]),
        ('"./load.sh" = "safe"', []),
        ('"./load.sh" = { "" = "unsafe", "--dry-run" = "read" }', ["WF303"]),
        ('"./load.sh" = { "" = "unsafe", "all" = "safe" }', []),
    ],
)
def test_commands_of_the_project(commands: str, wanted: list[str]) -> None:
    write("wfc.toml", f"[check.commands]\n{commands}\n")
    write("f.wf", 'flow f { task a = shell("./load.sh all") retry fixed(attempts: 3, every: 5s) timeout 1m }\n')
    assert codes(check("f.wf")) == wanted


def test_a_command_that_does_what_there_is_not() -> None:
    write("wfc.toml", '[check.commands]\nacme = { "send" = "save" }\n')
    done = check("f.wf")
    assert (done.code, done.out) == (2, "")
    assert "[check.commands] acme send is 'save'" in done.err
    assert "known: read, safe, write, unknown, unsafe" in done.err


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(
    ("entry", "script", "wanted"),
    [
        ('psql = { "-f load.sql" = "safe" }', "psql -f load.sql", []),
        ('psql = { "-f load.sql" = "safe" }', "psql -f other.sql", ["WF303"]),
        ('psql = { "-f load.sql" = "safe" }', "psql -c 'insert into t values (1)'", ["WF303"]),
        ('bash = { "load.sh" = "safe" }', "bash load.sh", []),
        ('sed = { "-i" = "safe" }', "sed -i s/a/b/ f", []),
        ('tee = { "-a" = "safe" }', "echo a | tee -a f", []),
        ('awk = { "-f" = "safe" }', "awk -f a.awk f", []),
        ('"/usr/local/bin/acme" = "safe"', "/usr/local/bin/acme x", []),
        ('"/usr/local/bin/acme" = "safe"', "acme x", []),
    ],
)
def test_commands_of_the_project_go_before_what_is_known(entry: str, script: str, wanted: list[str]) -> None:
    write("wfc.toml", f"[check.commands]\n{entry}\n")
    write("f.wf", f'flow f {{ task a = shell("{script}") retry fixed(attempts: 3, every: 5s) timeout 1m }}\n')
    assert codes(check("f.wf")) == wanted


@pytest.mark.usefixtures("as_before")
def test_an_unsafe_command_of_the_project_is_told_in_a_sentence() -> None:
    write("wfc.toml", '[check.commands]\nacme = "unsafe"\n')
    write("f.wf", 'flow f { task a = shell("acme x") retry fixed(attempts: 3, every: 5s) timeout 1m }\n')
    wanted = "`acme x` in the script of `a` does its work again when a retry follows an attempt that had worked"
    assert wanted in check("f.wf", "--format", "concise").out


@pytest.mark.parametrize(
    ("entry", "message", "remedy"),
    [
        ('"acme load" = "safe"', "a command is one word", 'write `"acme" = { "load" = "…" }`'),
        ("acme = {}", "acme says nothing", "say what it does: read, safe, write, unknown, unsafe"),
    ],
)
def test_commands_that_could_never_be_of_use(entry: str, message: str, remedy: str) -> None:
    write("wfc.toml", f"[check.commands]\n{entry}\n")
    done = check("f.wf")
    assert done.code == 2
    assert message in done.err
    assert remedy in done.err


@pytest.mark.parametrize(
    ("targets", "wanted"),
    [
        ((), ["WF610", "WF801"]),
        (("kestra",), ["WF610"]),
        (("airflow",), ["WF801"]),
        (("github",), ["WF801"]),
        (("airflow", "github"), ["WF801"]),
        (("kestra", "airflow"), ["WF610", "WF801"]),
    ],
)
def test_what_an_engine_guards_against_is_not_told_for_it_alone(targets: tuple[str, ...], wanted: list[str]) -> None:
    write(
        "f.wf",
        'flow f { on schedule("0 * * * *", timezone: "UTC") on webhook(path: "x") '
        'task a = shell("./a") timeout 2h effect unsafe "x" }\n',
    )
    options = [word for name in targets for word in ("--target", name)]
    found = codes(check("--select", "WF610,WF801", *options, "f.wf"))
    assert [code for code in found if code in ("WF610", "WF801")] == sorted(wanted, reverse=True)


@pytest.mark.parametrize(
    ("trigger", "targets", "expected"),
    [
        ('schedule("0 5 * * *", timezone: "UTC")', (), True),
        ('schedule("0 5 * * *", timezone: "UTC")', ("github",), False),
        ('schedule("0 5 * * *", timezone: "UTC")', ("github", "airflow"), True),
        ('schedule("0 5 * * *", timezone: "UTC") on manual()', ("github",), False),
        ('schedule("0 5 * * *", timezone: "UTC") on webhook(path: "x")', ("github",), True),
        ('github.push(repo: "a/b")', ("github",), False),
        ('webhook(path: "x")', ("github",), True),
    ],
)
def test_github_mails_those_who_are_people(trigger: str, targets: tuple[str, ...], expected: bool) -> None:
    write("f.wf", f'flow f {{ on {trigger} defaults {{ timeout 1m }} task a = shell("ls") }}\n')
    options = [word for name in targets for word in ("--target", name)]
    assert ("WF508" in codes(check("--select", "WF508", *options, "f.wf"))) is expected


@pytest.mark.parametrize("option", ["--output", "--write-baseline"])
def test_no_flow_is_overwritten_by_findings(option: str) -> None:
    done = check(option, "f.wf", "f.wf")
    assert (done.code, done.out) == (2, "")
    assert f"{option} f.wf would overwrite a flow" in done.err
    assert Path("f.wf").read_text() == FLOW
