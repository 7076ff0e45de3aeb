"""The helper texts that go into flows, run as they are: outputs.sh in bash, kernel.py in Python."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engines.world import Reply, World
from wfc_targets.kestra.kernel import kernel_text, outputs_text


def run_outputs(folder: Path, written: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "outputs.sh").write_text(outputs_text())
    (folder / "kernel.py").write_text(kernel_text(["typed"]))
    (folder / ".wfc_output").write_text(written)
    script = 'cd / && . "${WFC_OUTPUT%/*}/outputs.sh" "$@"'
    command = ["bash", "-euo", "pipefail", "-c", script, "bash", *arguments]
    return subprocess.run(
        command,
        env={"WFC_OUTPUT": str(folder / ".wfc_output"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )


def test_values_become_outputs_by_type(tmp_path: Path) -> None:
    written = "n=1\nn=7\nf=5\nb=true\nkind=bug\ns=a=b \nm<<END\none\n\n three\nEND\nrows=[1]"
    words = [
        "n:int",
        "f:float",
        "b:bool",
        "kind:enum=bug|billing",
        "s:string",
        "m:string",
        "rows:json=[int]",
        "no:int?",
    ]
    done = run_outputs(tmp_path, written, *words)
    assert done.returncode == 0, done.stderr
    line = done.stdout.strip()
    assert json.loads(line.removeprefix("::").removesuffix("::"))["outputs"] == {
        "n": 7,
        "f": 5.0,
        "b": True,
        "kind": "bug",
    }
    assert '"f":5.0' in line
    kept = {file.name: file.read_text() for file in (tmp_path / ".out").iterdir()}
    assert kept == {"s": "a=b ", "m": "one\n\n three", "rows": "[1]"}


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("", "n:int"),
        ("n=1.0", "n:int"),
        ("n=007", "n:int"),
        ("n=True", "n:bool"),
        ("n=nan", "n:float"),
        ("n=Bug", "n:enum=bug|billing"),
        ("n=[1", "n:json=[int]"),
        ('n=["x"]', "n:json=[int]"),
        ("n=/no/such/file", "n:file"),
    ],
)
def test_a_missing_or_mistyped_value_fails(tmp_path: Path, written: str, word: str) -> None:
    assert run_outputs(tmp_path, written, word).returncode != 0


def kernel(*names: str) -> dict[str, object]:
    space: dict[str, object] = {}
    exec(compile(kernel_text(names), "kernel.py", "exec"), space)
    return space


def test_a_flow_carries_only_what_it_uses() -> None:
    text = kernel_text(["outputs"])
    assert "def outputs" in text
    assert "urllib" not in text
    assert "class Misfit" not in text
    assert {"call", "typed", "Misfit", "parsed"} <= kernel("ask").keys()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, int),
        (1, float),
        ("a", {"a", "b"}),
        ([{"id": 1}], [{"id": int}]),
        ({"a": 1}, {"a": int, "b": (str,)}),
        ({"x": 1, "y": 2}, {str: int}),
        (None, (int,)),
        ([1, {"b": None}], object),
        (2**53 - 1, int),
        ("2024-02-29", "date"),
        ("2026-01-01T00:00:00Z", "datetime"),
        ("2026-01-01T00:00:00.5+02:00", "datetime"),
    ],
)
def test_values_that_fit(value: object, kind: object) -> None:
    typed = kernel("typed")["typed"]
    assert typed(value, kind) is value  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "kind", "place"),
    [
        (True, int, "value"),
        (1.5, int, "value"),
        ("c", {"a", "b"}, "value"),
        ([{"id": "1"}], [{"id": int}], "value[0].id"),
        ({"b": 1}, {"a": int}, "value.a"),
        ({"x": "1"}, {str: int}, "value.x"),
        (None, int, "value"),
        (2**53, int, "value"),
        (-(2**53), int, "value"),
        ("2023-02-29", "date", "value"),
        ("20240229", "date", "value"),
        ("2026-01-01T00:00:00Z", "date", "value"),
        ([{"at": "2026-01-01T25:00:00Z"}], [{"at": "datetime"}], "value[0].at"),
        ("2026-01-01T00:00:00", "datetime", "value"),
        (20260101, "date", "value"),
    ],
)
def test_values_that_do_not_fit_say_where(value: object, kind: object, place: str) -> None:
    space = kernel("typed")
    with pytest.raises(space["Misfit"], match=f"^{place.replace('[', '.').replace(']', '.')} does not fit"):  # type: ignore[call-overload]
        space["typed"](value, kind)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("url", "headers"),
    [("file:///etc/passwd", {}), ("http://127.0.0.1:1", {"X": "a\r\nb"}), ("http://127.0.0.1:1", {"X": ""})],
)
def test_what_http_does_not_allow_is_refused_before_the_call(tmp_path: Path, url: str, headers: dict[str, str]) -> None:
    (tmp_path / "kernel.py").write_text(kernel_text(["call"]))
    script = f"from kernel import call\ncall('GET', {url!r}, print, headers={headers!r})"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert '"failure"' in done.stdout
    assert "attempt" not in done.stderr


def test_an_answer_without_a_choice_is_a_failed_attempt(tmp_path: Path, world: World) -> None:
    world.script("/v1/chat/completions", Reply(200, '{"choices": []}'))
    (tmp_path / "kernel.py").write_text(kernel_text(["ask"]))
    script = f"from kernel import ask\nask({world.url + '/v1'!r}, 'k', 'm', 'p', None, {{}}, int, pauses=[0])"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert world.count("/v1/chat/completions") == 2
