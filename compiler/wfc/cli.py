"""The command line: picks a command, loads its module only, and turns errors into messages and exit codes."""

from __future__ import annotations

import errno
import os
import sys

from wfc.errors import GOOD, INTERNAL, USAGE, UserError
from wfc.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

COMMANDS = {
    "generate": "turn plain words into a checked flow",
    "check": "find what is wrong with flows",
    "compile": "write Kestra YAML, Airflow DAGs or GitHub workflows",
    "test": "run the `test` blocks of flows, without an engine",
    "fmt": "lay flows out in the one canonical way",
    "dump": "show the resolved flow as JSON",
    "explain": "explain a finding: what, why, bad and good example",
    "actions": "search the catalog of actions and triggers",
    "targets": "show what each target can do, and how",
}


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What the system answers when a disk takes no more, or fails."""

CALLS = 5_000
"""Calls of Python in each other that are allowed: 200 levels of a text (wfc.parse.DEEPEST) and as many of a value, each
of which a phase may take up to ten calls for. Python's own 1,000 are too few; a call takes none of the C stack."""


def usage() -> str:
    """The overview that `wfc` and `wfc --help` print."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items()]
    return (
        "wfc: a compiler for workflows\n\nusage: wfc COMMAND [OPTIONS] …\n\ncommands:\n"
        + "\n".join(lines)
        + "\n\n`wfc COMMAND --help` says more; `--version` prints the version; `--debug` shows tracebacks.\n"
        + "exit codes: 0 good, 1 findings, 2 usage or unreadable input, 3 model, 4 answers needed, 5 a bug in wfc\n"
    )


def program() -> NoReturn:
    """Be the process `wfc`: run the command line, write out what it printed, and end with its exit code.

    The process ends at once, without taking its objects apart one by one: that would be an eighth of the time of a
    small check (docs/benchmarks.md). So nothing may be left to functions registered to run at the end.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The caller closed it. A file that is opened later must not get its number, and with it what is printed.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    code = USAGE  # where not even an error can be written
    try:
        code = main()
        for stream in (sys.stdout, sys.stderr):
            if not stream.closed:
                stream.flush()
    except OSError as error:
        if "--debug" in sys.argv:
            raise
        code = code if isinstance(error, BrokenPipeError) else code or USAGE
    os._exit(code)


def main(argv: list[str] | None = None) -> int:
    """Run the command line. Gives the exit code (wfc.errors); never raises, never shows a traceback but for --debug."""
    import gc

    # Nothing that a command builds is garbage before it ends: collecting would only cost time (docs/benchmarks.md).
    collecting = gc.isenabled()
    gc.disable()
    sys.setrecursionlimit(max(sys.getrecursionlimit(), CALLS))
    args = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in args
    args = [arg for arg in args if arg != "--debug"]
    try:
        code = dispatch(args)
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"wfc: {error.message}", file=sys.stderr)
        if error.remedy:
            print(f"  help: {error.remedy}", file=sys.stderr)
        return error.code
    except BrokenPipeError:
        sys.stderr.close()
        return GOOD
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if debug:
            raise
        if isinstance(error, OSError) and error.errno in FULL:
            print(f"wfc: {error.filename or 'the output'}: {error.strerror}", file=sys.stderr)
            return USAGE
        print(
            f"wfc: a bug in wfc {VERSION}: {type(error).__name__}: {error}\n"
            "  help: run it again with --debug and report what it prints, with the flow if you may share it",
            file=sys.stderr,
        )
        return INTERNAL
    finally:
        if collecting:
            gc.enable()


def dispatch(args: list[str]) -> int:
    """Run the command that `args` name."""
    if not args or args[0] in ("-h", "--help", "help"):
        print(usage(), end="")
        return GOOD if args else USAGE
    if args[0] in ("-V", "--version"):
        print(f"wfc {VERSION}")
        return GOOD
    name = args[0]
    if name not in COMMANDS:
        from wfc.diagnostic import suggest

        near = suggest(name, COMMANDS)
        raise UserError(f"there is no command `{name}`", f"did you mean `wfc {near}`?" if near else "see `wfc --help`")
    # importlib itself would load two more modules at every start.
    module = __import__(f"wfc.commands.{name}", fromlist=["run"])
    code: int = module.run(args[1:])
    return code
