"""`wfc fmt [PATH …]`: lay flows out in the one canonical way."""

from __future__ import annotations

import sys

from wfc.commands.common import add_paths, parser, show
from wfc.errors import FINDINGS, GOOD
from wfc.files import read_source, write_out, write_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: list[str]) -> int:
    """Exit code 0; 1 when --check or --diff found a file to change, or a file has syntax errors (left as it is)."""
    options = parser("fmt", "Lay flows out in the one canonical way; there is nothing to configure.")
    add_paths(options)
    options.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file would change")
    options.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    options.add_argument("--from-json", action="store_true", help="read a dumped flow (JSON), write .wf to stdout")
    args = options.parse_args(arguments)
    if args.from_json:
        return from_json(args)
    from wfc.gather import expand, flows_below

    paths = [file for path in args.paths for file in expand(path)] if args.paths else flows_below(".")
    return max((one(path, args) for path in paths), default=GOOD)


def one(path: str, args: Namespace) -> int:
    """Format one file, or standard input to standard output."""
    from wfc.format import format_document
    from wfc.parse import parse
    from wfc.source import Source

    text = read_source(path)
    document, problems = parse(path, text)
    if problems:
        show(problems, {path: Source(path, text)})
        return FINDINGS
    result = format_document(document)
    if args.diff and result != text:
        write_out(difference(path, text, result))
    if args.check or args.diff:
        if result != text:
            print(f"{path} would change", file=sys.stderr)
        return FINDINGS if result != text else GOOD
    if path == "-":
        write_out(result)
    elif result != text:
        write_text(path, result)
        print(f"formatted {path}", file=sys.stderr)
    return GOOD


def difference(path: str, before: str, after: str) -> str:
    """A unified diff."""
    from difflib import unified_diff

    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(unified_diff(old, new, path, path))


def from_json(args: Namespace) -> int:
    """Dumped flows to standard output, as text of the language."""
    from wfc.undump import text_of

    for path in args.paths or ["-"]:
        write_out(text_of(path, read_source(path)))
    return GOOD
