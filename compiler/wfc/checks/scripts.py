"""What can be seen in the text of a script without running it: printing of values, values read as code."""

from __future__ import annotations

from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from wfc.ir import Call
    from wfc.source import Span

COMMAND = ready(r"(?:^|[;&|({]|\bthen\b|\bdo\b|\belse\b)\s*(echo|printf|logger)\b(.*)$")
DATABASES = r"(?:psql|mysql|mariadb|sqlite3|clickhouse-client|snowsql|duckdb)"
VARIABLE = r"\$(?:{0}\b|\{{0}\b)"
"""`$NAME` and `${NAME…}`; a name is of letters, digits and _."""
HEREDOC = ready(r"^(?P<head>.*)<<-?\s*(?P<quote>['\"\\]?)(?P<word>\w+)['\"]?(?P<tail>.*)$")
CLIENT = ready(rf"\b{DATABASES}\b")
END = r"(?:\s+-\w+)*\s*(?:$|[;&|)\n])"
SHELL = r"(?<![\w.])(?:ba|z|da|k)?sh" + END
"""A shell that reads its standard input: no script behind its name."""
SSH_FLAGS = r"(?:-[46AaCfGgKkMNnqsTtVvXxYy]+|-[BbcDEeFIiJLlmOopQRSWw]\s*\S+)"
"""The flags of ssh, without and with a value (man.openbsd.org/ssh); then come the host and what its shell reads."""
TRACES = ready(r"\s*set\s+(?:-\w*x|-o\s+xtrace)")
DUMPS = ready(r"\s*(?:env|printenv|export -p|declare -p)\s*(?:\|\s*(?:sort|cat|tee)\b[^>]*)?$")
RESULT = ready(r"\s*[\"']?(\w+)=")
TO_LOG = ready(r">\s*(?:&\s*[12]|/dev/std(?:out|err)|/dev/tty)")
ELSEWHERE = ready(r"[|>]")


def argument_span(call: Call, name: str) -> Span:
    """Where an argument was written, or the call."""
    return next((value.span for key, value in call.args if key == name), call.span)


def holds(pattern: str, name: str, text: str) -> bool:
    """Is a pattern, in which a name takes the place of `{0}`, found in a text? Most lack the name."""
    if name not in text:
        return False
    import re

    return re.search(pattern.replace("{0}", name), text) is not None


def lines(script: str) -> list[str]:
    """The lines of a script, joined where they end in a backslash, without comments that fill a line."""
    return [line for _, line in lines_at(script)]


def lines_at(script: str) -> list[tuple[int, str]]:
    """`lines`, each with its offset in the script; offsets in a line are those in the script."""
    found = []
    place = 0
    for line in script.replace("\\\n", "  ").split("\n"):
        if not line.lstrip().startswith("#"):
            found.append((place, line))
        place += len(line) + 1
    return found


def prints_shell(script: str, names: Collection[str], public: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """(name, how, offset of the line) for each variable that a bash script shows: each once.

    public: results that may be seen; `echo "x=$NAME" >> "$WFC_OUTPUT"` shows NAME when x is one of them.
    """
    if not names:
        return
    shown: dict[str, tuple[str, int]] = {}
    for place, line in lines_at(script):
        if TRACES.match(line):
            shown.setdefault(next(iter(names)), ("traces every command (`set -x`), and so shows", place))
        if DUMPS.match(line):
            shown.setdefault(next(iter(names)), ("prints its environment, and so", place))
        found = COMMAND.search(line)
        for name in names:
            if found and holds(VARIABLE, name, found[2]) and is_shown(found[2], public):
                shown.setdefault(name, ("prints", place))
    for name, (how, place) in shown.items():
        yield name, how, place


def is_shown(rest: str, public: Collection[str]) -> bool:
    """Does the output of this `echo` or `printf` end in the log or in a result that may be seen?"""
    if "WFC_OUTPUT" in rest:
        key = RESULT.match(rest)
        return key is not None and key[1] in public
    plain = TO_LOG.sub("", rest)
    return not ELSEWHERE.search(plain)


def runs_in_shell(script: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """(name, how) for each variable that a bash script reads as code: each once."""
    ways = (
        ("`eval`", r"\beval\b[^\n;|]*" + VARIABLE),
        ("`sh -c`", r"\b(?:ba|z|da|k)?sh\s+(?:-\w+\s+)*-\w*c\s+(?:\"[^\"]*)?" + VARIABLE),
        ("an interpreter's `-c` or `-e`", r"\b(?:python3?|perl|ruby|node)\s+-[ce]\s+(?:\"[^\"]*)?" + VARIABLE),
        ("a shell's input", r"\b(?:echo|printf)\b[^\n|;&]*" + VARIABLE + r"[^\n|;&]*\|\s*(?:sudo\s+)?" + SHELL),
        ("a shell's input", SHELL.removesuffix(END) + r"\s*<<<\s*\"?" + VARIABLE),
        ("`source`", r"(?:^|[;&|]\s*)(?:source|\.)\s+\"?" + VARIABLE),
        ("`ssh`", r"\bssh\s+(?:" + SSH_FLAGS + r"\s+)*(?:\"[^\"]*\"|[^\s\"-]\S*)\s+[^\n;|&]*" + VARIABLE),
        ("SQL", DATABASES + r"\b[^\n|;]*\s\"[^\"]*[\s='(]'?" + VARIABLE + r"[^\"]*\""),
    )
    text = "\n".join(lines(script))
    for name in names:
        for how, pattern in ways:
            if holds(pattern, name, text):
                yield name, how
                break
        else:
            if any(holds(VARIABLE, name, body) for body in sql_documents(text)):
                yield name, "SQL"


def sql_documents(text: str) -> Iterator[str]:
    """The here-documents that a database client reads and in which the shell puts values (`<<SQL`, not `<<'SQL'`)."""
    rows = text.split("\n")
    for number, row in enumerate(rows):
        found = HEREDOC.match(row)
        if found and not found["quote"] and CLIENT.search(found["head"] + found["tail"]):
            body = []
            for line in rows[number + 1 :]:
                if line.strip() == found["word"]:
                    break
                body.append(line)
            yield "\n".join(body)
