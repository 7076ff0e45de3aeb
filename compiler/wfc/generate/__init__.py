"""Plain words → a flow that the checker accepts.

Parts, each pure but the model itself: retrieve (which actions fit) → prompt → the model → repair (safe fixes, then
the findings go back to the model). The built-in planner (`planner`) takes the model's place where none is set up.
"""

from __future__ import annotations

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from wfc.diagnostic import Diagnostic

ROUNDS = 3
"""Repair rounds after the first answer. Most of what repair can win is won in the first two (arXiv 2604.10508)."""


class Draft(Record):
    """One answer of a model: the text of a flow ("" with questions only), what it assumed, what it must know."""

    text: str
    assumptions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


class Message(Record):
    """One message of a conversation. role: system | user | assistant."""

    role: str
    text: str


class Result(Record):
    """What generation came to.

    text: the best flow so far. found: what the checker says of it. repairs: what was mended, in words, in order.
    rounds: answers of the model that were used. stopped: why no further round was tried, "" when all is well.
    """

    text: str
    found: tuple[Diagnostic, ...]
    assumptions: tuple[str, ...]
    questions: tuple[str, ...]
    repairs: tuple[str, ...]
    rounds: int
    stopped: str = ""


if TYPE_CHECKING:
    Ask = Callable[[tuple[Message, ...]], Draft]
    Check = Callable[[str], tuple[Diagnostic, ...]]


def generate(messages: tuple[Message, ...], ask: Ask, check: Check, rounds: int = ROUNDS) -> Result:
    """Ask, check, mend by safe fixes, and ask again with the findings, at most `rounds` times.

    ask: the model (may raise `endpoint.ModelError`). check: all findings on a text. Stops early when nothing is
    wrong, when the model only asks questions, or when it gives the same findings twice.
    """
    from wfc.generate.repair import apply_safe_fixes, blocking, repair_message, score

    repairs: list[str] = []
    best: Result | None = None
    seen: set[tuple[tuple[str, str], ...]] = set()
    for number in range(1, rounds + 2):
        draft = ask(messages)
        if draft.questions and not draft.text.strip():
            return Result("", (), draft.assumptions, draft.questions, tuple(repairs), number, "the model asks")
        text, fixed, found = apply_safe_fixes(draft.text, check)
        repairs += fixed
        result = Result(text, found, draft.assumptions, draft.questions, tuple(repairs), number)
        if best is None or score(found) < score(best.found):
            best = result
        wrong = blocking(found)
        if not wrong:
            return result
        signature = tuple((item.code, item.message) for item in wrong)
        if signature in seen:
            return last(best, repairs, number, "the model gave the same findings twice")
        seen.add(signature)
        repairs.append(f"round {number}: sent {len(wrong)} finding{'s' if len(wrong) != 1 else ''} back to the model")
        messages = (*messages, Message("assistant", text), Message("user", repair_message(text, wrong)))
    assert best is not None
    return last(best, repairs, rounds + 1, f"{rounds} rounds of repair were not enough")


def last(best: Result, repairs: list[str], rounds: int, stopped: str) -> Result:
    """The best result so far, with why it is the last."""
    from wfc.record import replace

    return replace(best, repairs=tuple(repairs), rounds=rounds, stopped=stopped)
