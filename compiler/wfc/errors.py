"""Errors that are the user's to mend, and the exit codes of all commands."""

from __future__ import annotations

GOOD, FINDINGS, USAGE, MODEL, QUESTIONS, INTERNAL = 0, 1, 2, 3, 4, 5
"""0 good, 1 findings or a failed run, 2 usage or unreadable input, 3 model or endpoint, 4 answers needed, 5 a bug."""


LONG_NUMBER = "a number has more digits than can be read"
"""Of JSON and TOML: Python reads integers of 4,300 digits at most (sys.int_info)."""


class UserError(Exception):
    """Something that the user can mend: what happened, where, and the remedy.

    code: the exit code of the command, one of the numbers above.
    """

    def __init__(self, message: str, remedy: str = "", code: int = USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.code = code


class Unreadable(UserError):
    """A file that is there and can't be read as a text: its path, and what is the matter, as `is a folder`.

    text, offset: what could be read of it, and where in that the reason is; "" and 0 where there is no text.
    """

    def __init__(self, path: str, problem: str, remedy: str, text: str = "", offset: int = 0) -> None:
        line = f":{text.count(chr(10), 0, offset) + 1}" if text else ""
        super().__init__(f"{path}{line} {problem}", remedy)
        self.path = path
        self.problem = problem
        self.text = text
        self.offset = offset
