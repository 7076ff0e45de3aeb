"""What is wrong in wfc.toml is told at the line of the key, with what would be valid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import codes, wfc, write
from wfc.resolve import DEFAULTS_HEAD
from wfc.settings import DEFAULT_KEYS, Settings
from wfc.settings_places import in_defaults
from wfc.source import Source, Span
from wfc.toml_places import place

GOOD = 'flow good { task a = shell("./a") timeout 1m }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("good.wf", GOOD)


WRONG = [
    ("# x\nprojct = 3", "2:1", "there is no setting `projct`", "did you mean `project`?"),
    ("[project]\n\nroot = 3", "3:1", "`project.root` is a text", 'as in `root = "flows"`'),
    ("[project]\ncatalogs = [3]", "2:1", "`project.catalogs` is a list of texts", 'write "3"'),
    ('[project]\nroot = "gone"', "2:1", "`root` names gone, which is not there", "it is looked for beside"),
    ('[project]\nnamespace = "Acme!"', "2:1", 'Kestra takes no namespace "Acme!"', "small letters, digits"),
    ("[defaults]\nretry = [\n 1,\n]\ntimeout = 10", "2:1", "`defaults.retry` is a text", "as in `retry = "),
    ("[defaults]\ntimeout = 10", "2:1", "`defaults.timeout` is a text", 'as in `timeout = "10m"`'),
    ("[defaults]\n'timeuot' = 1", "2:1", "there is no setting `defaults.timeuot`", "did you mean `timeout`?"),
    ("check.cache = 1", "1:7", "`check.cache` is true or false", "as in `cache = false`"),
    ('[check.per-path]\n"a/**" = { ignor = [] }', "2:12", 'setting `check.per-path."a/**".ignor`', "`ignore`?"),
    ('[check]\nselect = [\n  "WF3",\n  3,\n]', "2:1", "`check.select` is a list of texts", 'write "3"'),
    ('[check.commands]\nacme = { send = "save" }', "2:10", "[check.commands] acme send is 'save'", "known: read"),
    ('[check]\n\npreset = "drat"', "3:1", "[check] preset names drat, which is no preset", "did you mean draft?"),
    (
        '[check]\npreset = "draft"\nselect = ["WF3"]',
        "3:1",
        "[check] select and preset both say what is run",
        "keep one",
    ),
    (
        '[check]\nselect = ["missing-rety"]',
        "2:1",
        "[check] select names missing-rety, which is",
        "did you mean missing-retry?",
    ),
    ('[check]\nignore = ["WF001"]', "2:1", "[check] ignore: WF001 is always reported", "mend what it finds"),
    ('[check.severity]\nWF302 = "eror"', "2:1", '[check.severity] WF302 is "eror"', "known: error, warning, info, off"),
    (
        '[check]\nseverity = { WF3x2 = "off" }',
        "2:14",
        "[check.severity] names WF3x2, which is no",
        "did you mean WF302?",
    ),
    ('[check.per-path]\n"a/**" = { ignore = ["WFX"] }', "2:1", '"a/**" ignore names WFX, which is no', "README"),
    ("[secrets]\ngithub = 3", "2:1", "[secrets] holds one table an engine", "[secrets.github]"),
    ("[secrets.github]\nslack = 3", "2:1", "`secrets.github.slack` is a text", 'as in `slack = "SLACK"`'),
    ("[target]\ngithub = 3", "2:1", "[target] holds one table a target", "[target.github]"),
    ('[environments.prod]\nnamespce = "x"', "2:1", "there is no setting `environments.prod.namespce`", "`namespace`?"),
    ('[environments.prod.defaults]\ntimeut = "x"', "2:1", "`environments.prod.defaults.timeut`", "`timeout`?"),
    ("environments.prod = 3", "1:14", "`environments.prod` is a table", "write a table"),
    ("[check]\ncache = ", "2:9", "Invalid value", "see https://toml.io"),
    ("[check]\n[check]", "2:7", "Cannot declare ('check',) twice", "see https://toml.io"),
]
"""A file, the place of what is wrong with it, the message and the remedy."""


@pytest.mark.parametrize(("text", "where", "said", "remedy"), WRONG)
def test_the_line_of_the_key(text: str, where: str, said: str, remedy: str) -> None:
    write("wfc.toml", text)
    done = wfc("check")
    head, remedies = done.err.splitlines()
    assert (done.code, done.out) == (2, "")
    assert f"wfc.toml:{where}: " in head
    assert said in head
    assert remedy in remedies


FOUND = [
    ('[defaults]\ntimeout = "ten"', "WF001", "ten"),
    ("[defaults]\ntimeout = \"10m\"\n retry = 'exponental(attempts: 4)'", "WF102", "exponental"),
    ('[defaults]\nretry = "fixed(attempts: 2, evry: 5s)" # x', "WF202", "evry"),
    ('[defaults]\nretry = """sometimes()"""', "WF102", "sometimes"),
    ('[defaults]\ntimeout = """\nten"""', "WF001", "timeout"),
    ('[target.github]\nruns_onn = "x"', "WF102", "runs_onn"),
    ('target = { kestra = {}, github = { "runs_on" = 5 } }', "WF201", '"runs_on"'),
    ("[target.githb]", "WF102", "githb"),
    ('[secrets.githb]\nx = "X"', "WF102", "githb"),
]
"""A file, the code of what is wrong with a value, and the text where that stands."""


@pytest.mark.parametrize(("text", "code", "shown"), FOUND)
def test_findings_in_values(text: str, code: str, shown: str) -> None:
    write("wfc.toml", text)
    (found,) = json.loads(wfc("check", "--format", "json").out)["diagnostics"]
    start, end = found["start"]["offset"], found["end"]["offset"]
    assert (found["code"], found["path"], text[start:end]) == (code, "wfc.toml", shown)
    assert Source("", text).position(start).line == found["start"]["line"]
    (result,) = json.loads(wfc("check", "--format", "sarif").out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["charOffset"] == start
    assert f"wfc.toml:{found['start']['line']}:{found['start']['column']}" in wfc("check").out
    assert wfc("check", "--diff", "--unsafe-fixes").code == 0


def test_an_environment_wins_and_is_pointed_at() -> None:
    write("wfc.toml", '[defaults]\ntimeout = "10m"\n[environments.prod]\ndefaults = { timeout = "ten" }\n')
    assert wfc("check").code == 0
    done = wfc("check", "--environment", "prod", "--format", "concise")
    assert (codes(done), done.out.partition(" ")[0]) == (["WF001"], "wfc.toml:4:25:")
    write("wfc.toml", '[project]\nnamespace = "a"\n[environments.prod]\nnamespace = "B"\n')
    assert "wfc.toml:4:1: Kestra takes no namespace" in wfc("check", "--environment", "prod").err
    assert "there is no environment `prd`" in wfc("check", "--environment", "prd").err


def test_the_path_is_that_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write("wfc.toml", '[defaults]\ntimeout = "ten"\n')
    write("below/f.wf", GOOD.replace("good", "f"))
    monkeypatch.chdir("below")
    assert wfc("check", "--format", "concise", "f.wf").out.startswith(f"{tmp_path}/wfc.toml:2:12: WF001")


def test_it_is_the_same_with_the_cache() -> None:
    write("good.wf", "# x\n" * 20_000 + GOOD)
    write("wfc.toml", '# where\n[defaults]\ntimeout = "ten"\n')
    assert [wfc("check"), wfc("check"), wfc("check", "--no-cache")] == [wfc("check")] * 3
    write("wfc.toml", '[defaults]\ntimeout = "ten"\n')
    assert wfc("check", "--format", "concise").out.startswith("wfc.toml:2:12")


def test_no_key_is_found_in_a_text_or_a_comment() -> None:
    text = '# a = 1\nx = """\na = 2\n[b]\n"""\ny = [\n  "a = 3",\n]\na = 4\n[b]\n"c d" = { e.f = 1 }\n'
    assert {keys: Source("", text).position(place(text, keys).start).line for keys in (("a",), ("b",), ("y",))} == {
        ("a",): 9,
        ("b",): 10,
        ("y",): 6,
    }
    last = place(text, ("b", "c d", "e", "f"))
    assert (text[last.start : last.end], Source("", text).position(last.start).line) == ("f", 11)
    assert place(text, ("gone",)) == place("", ("a",)) == Span(0, 0)


@pytest.mark.parametrize("key", DEFAULT_KEYS)
def test_every_character_of_a_value_is_where_it_is(key: str) -> None:
    values = {"retry": "fixed(attempts: 2, every: 5s)", "timeout": "10m"}
    settings = Settings(text="".join(f'{name} = "{values[name]}"\n' for name in ("timeout", "retry")))
    settings = Settings(text=f"[defaults]\n{settings.text}", folder=".")
    clauses = DEFAULTS_HEAD + " ".join(f"{name} {values[name]}" for name in DEFAULT_KEYS)
    begin = clauses.index(values[key])
    for at in range(len(values[key])):
        found = in_defaults(Span(begin + at, begin + at + 1, "wfc.toml"), settings)
        assert found.start == settings.text.index(f'"{values[key]}"') + 1 + at
