"""Pieces of bash: scripts kept in a file, attempts with pauses and a time limit, polling."""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

GRACE = "5s"
"""Between SIGTERM and SIGKILL of an attempt that is out of time."""


LINE = 110
"""Characters of a line that is not broken."""


class Attempt(Record):
    """What one attempt runs. file: name under $RUNNER_TEMP. command: before the file. checks: tests of the result.

    limit: of one attempt, in ms, or None. budget: does the flow's deadline ($WFC_END, epoch seconds) bound it too?
    timed: is the output `timed_out` wanted?
    """

    title: str
    file: str
    script: str
    command: str
    checks: tuple[str, ...] = ()
    limit: int | None = None
    budget: bool = False
    timed: bool = False


def duration(milliseconds: int) -> str:
    """A duration as coreutils read it: `2m`, `90s`, `0.25s`."""
    if milliseconds and milliseconds % 3_600_000 == 0:
        return f"{milliseconds // 3_600_000}h"
    if milliseconds and milliseconds % 60_000 == 0:
        return f"{milliseconds // 60_000}m"
    return f"{seconds(milliseconds)}s"


def seconds(milliseconds: int) -> str:
    """Seconds as a decimal number: `2`, `0.25`."""
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".")


def quote(text: str) -> str:
    """One word of bash, whatever the text."""
    if text and all((char.isalnum() and char.isascii()) or char in "_-./:=@%+," for char in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def lines(*parts: str) -> str:
    """The parts below each other, each ending its line."""
    return "".join(part if part.endswith("\n") else part + "\n" for part in parts if part)


def indented(text: str, by: str = "  ") -> str:
    """Every line moved to the right."""
    return "".join(by + line if line.strip() else line for line in text.splitlines(keepends=True))


def delimiter(wanted: str, text: str) -> str:
    """A here-document delimiter that is no line of the text."""
    found, number = wanted, 2
    while found in text.splitlines():
        found, number = f"{wanted}{number}", number + 1
    return found


def heredoc(command: str, text: str, wanted: str) -> str:
    """A command that reads a text, kept as it is."""
    end = delimiter(wanted, text)
    return lines(f"{command} <<'{end}'", text, end)


def kept(attempt: Attempt) -> str:
    """The lines that write the script of an attempt into its file."""
    suffix = "PY" if attempt.file.endswith(".py") else "SH"
    return heredoc(f'cat > "$RUNNER_TEMP/{attempt.file}"', attempt.script, suffix)


def limit_lines(attempt: Attempt) -> str:
    """The lines that find out how long the attempt may take, under a deadline of the flow."""
    if not attempt.budget:
        return ""
    return lines(
        "left=$((WFC_END - $(date +%s)))",
        'if [ "$left" -le 0 ]; then',
        f'  echo "::error title={attempt.title}::the time budget of the flow is spent"',
        "  exit 1",
        "fi",
        *([_shorter(attempt.limit)] if attempt.limit is not None else []),
    )


def _shorter(limit: int) -> str:
    most = max(1, -(-limit // 1000))
    return f"left=$((left < {most} ? left : {most}))"


def once(attempt: Attempt) -> str:
    """The command of one attempt, without line end."""
    limit = '"$left"' if attempt.budget else duration(attempt.limit) if attempt.limit is not None else ""
    bound = f"timeout -k {GRACE} {limit} " if limit else ""
    return f'{bound}{attempt.command} "$RUNNER_TEMP/{attempt.file}"'


def chained(commands: Iterable[str]) -> str:
    """Commands joined by `&&`, one a line unless they fit one."""
    line = " && ".join(commands)
    return line if len(line) <= LINE else line.replace(" && ", " \\\n  && ")


def single(attempt: Attempt) -> str:
    """One attempt, from a file."""
    command = once(attempt)
    if attempt.timed:
        command = lines(f"{command} || {{", "  code=$?", f"  {TIMED_OUT}", '  exit "$code"', "}")
    return lines(kept(attempt), limit_lines(attempt), command, *attempt.checks)


TIMED_OUT = 'if [ "$code" = 124 ] || [ "$code" = 137 ]; then echo "timed_out=true" >> "$GITHUB_OUTPUT"; fi'
"""timeout(1) gives 124, or 137 when it had to kill."""


def repeated(attempt: Attempt, pauses: tuple[int, ...], end: str = "exit 0") -> str:
    """Attempts with pauses between them; `end` leaves the loop after a success.

    The outputs of a failed attempt would stay, so each attempt begins with an empty file; the warning makes it
    visible. A child bash runs the script because `-e` is off inside a condition.
    """
    words = " ".join([*(duration(pause) for pause in pauses), "stop"])
    tries = chained((once(attempt), *attempt.checks, end))
    tail = ['[ "$pause" = stop ] || sleep "$pause"']
    if end != "exit 0":
        tail = ['if [ "$pause" = stop ]; then exit 1; fi', 'sleep "$pause"']
    body = lines(
        ': > "$GITHUB_OUTPUT"',
        limit_lines(attempt),
        tries,
        *(["code=$?", TIMED_OUT] if attempt.timed else []),
        f'echo "::warning title={attempt.title}::attempt failed, exit code ${"code" if attempt.timed else "?"}"',
        *tail,
    )
    after = "exit 1" if end == "exit 0" else ""
    return lines(f"for pause in {words}; do", indented(body), "done", after)


def polled(attempt: Attempt, pauses: tuple[int, ...], test: str, every: int, within: int | None) -> str:
    """Calls until `test` (a command that prints true or false) says true, at most `within` ms; a failed call fails."""
    call = repeated(attempt, pauses, "break") if pauses else _plain(attempt)
    body = lines(call, f"found=$({test})", 'if [ "$found" = true ]; then exit 0; fi', f"sleep {duration(every)}")
    if within is None:
        return lines(kept(attempt), "while true; do", indented(body), "done")
    return lines(
        kept(attempt),
        f"end=$((SECONDS + {-(-within // 1000)}))",
        'while [ "$SECONDS" -lt "$end" ]; do',
        indented(body),
        "done",
        f'echo "::error title={attempt.title}::not reached within {duration(within)}"',
        "exit 1",
    )


def watched(attempt: Attempt, pauses: tuple[int, ...], test: str, every: int, span: int) -> str:
    """Calls for `span` ms; fails as soon as `test` prints false."""
    call = repeated(attempt, pauses, "break") if pauses else _plain(attempt)
    body = lines(
        call,
        f"found=$({test})",
        'if [ "$found" != true ]; then',
        f'  echo "::error title={attempt.title}::the condition no longer holds"',
        "  exit 1",
        "fi",
        f"sleep {duration(every)}",
    )
    return lines(
        kept(attempt),
        f"end=$((SECONDS + {-(-span // 1000)}))",
        'while [ "$SECONDS" -lt "$end" ]; do',
        indented(body),
        "done",
    )


def _plain(attempt: Attempt) -> str:
    return lines(': > "$GITHUB_OUTPUT"', limit_lines(attempt), once(attempt), *attempt.checks)
