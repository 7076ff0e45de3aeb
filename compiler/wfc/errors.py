"""Errors that are the user's to mend, and the exit codes of all commands."""

from __future__ import annotations

GOOD, FINDINGS, USAGE, MODEL, QUESTIONS, INTERNAL = 0, 1, 2, 3, 4, 5
"""0 good, 1 findings or a failed run, 2 usage or unreadable input, 3 model or endpoint, 4 answers needed, 5 a bug."""


class UserError(Exception):
    """Something that the user can mend: what happened, where, and the remedy.

    code: the exit code of the command, one of the numbers above.
    """

    def __init__(self, message: str, remedy: str = "", code: int = USAGE) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.code = code
