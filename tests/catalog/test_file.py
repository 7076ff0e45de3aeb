"""The file actions, run on a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.runner import Failed, File, run

TEXT = 'line one\nπ "quoted" {braces} $HOME\r\n'


def test_write_then_read_gives_the_same_text(tmp_path: Path) -> None:
    assert run("file.write", {"path": "out/a.txt", "text": TEXT}, tmp_path) == "out/a.txt"
    assert (tmp_path / "out/a.txt").read_bytes() == TEXT.encode()
    (tmp_path / "b.txt").write_text("plain")
    assert run("file.read", {"path": "b.txt"}, tmp_path) == "plain"


def test_csv_lines_are_records(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('\ufeffid;name\r\n1;"a;b"\r\n2;é\r\n'.encode())
    rows = run("file.read_csv", {"file": File(tmp_path / "a.csv"), "delimiter": ";"}, tmp_path)
    assert rows == [{"id": "1", "name": "a;b"}, {"id": "2", "name": "é"}]


def test_list_is_sorted_and_has_files_only(tmp_path: Path) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    for name in ("in/b.csv", "in/a.csv", "in/deep/c.csv", "in/d.txt"):
        (tmp_path / name).touch()
    assert run("file.list", {"pattern": "in/**/*.csv"}, tmp_path) == ["in/a.csv", "in/b.csv", "in/deep/c.csv"]
    assert run("file.list", {"pattern": "in/*"}, tmp_path) == ["in/a.csv", "in/b.csv", "in/d.txt"]


def test_exists_and_open(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert run("file.exists", {"path": "a"}, tmp_path) is True
    assert run("file.exists", {"path": "b"}, tmp_path) is False
    assert run("file.open", {"path": "a"}, tmp_path) == "a"
    with pytest.raises(Failed):
        run("file.open", {"path": "b"}, tmp_path)


def test_copy_move_delete_may_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    for _ in range(2):
        assert run("file.copy", {"path": "a", "to": "c/b"}, tmp_path) == "c/b"
    for _ in range(2):
        assert run("file.move", {"path": "a", "to": "d/e"}, tmp_path) == "d/e"
    for _ in range(2):
        run("file.delete", {"path": "c/b"}, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file() and path.name[0] != ".") == ["e"]
