"""Lark's LALR tables of the grammar, as one marshal file: `python -m wfc.build_tables` writes tables.bin.

Run when the grammar changes; a test holds that the file is current. Lark is needed here and in tests only.
"""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any

GRAMMAR = Path(__file__).parents[2] / "grammar" / "wfc_grammar" / "workflow.lark"
TABLES = Path(__file__).with_name("tables.bin")
STARTS = ("start", "expr", "type")
Rule = tuple[str, int, str, bool, tuple[int, ...]]


def build(grammar: str) -> bytes:
    """The tables of a grammar text: states, rules, keywords, punctuation, start states.

    states: one dict a state, terminal or rule → a next state (>= 0) or -1 - rule. rules: (kind, length, origin,
    is it replaced by its only kid, which parts are repetitions whose kids it takes over). Raises lark.GrammarError
    for a grammar with conflicts.
    """
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    parser: Any = Lark(
        grammar, parser="lalr", strict=True, maybe_placeholders=False, keep_all_tokens=True, start=list(STARTS)
    )
    table = parser.parser.parser._parse_table
    order = reachable(table)
    states: list[dict[str, int]] = []
    rules: list[Rule] = []
    numbers: dict[Any, int] = {}
    for state in order:
        row: dict[str, int] = {}
        for on, (act, arg) in sorted(table.states[state].items()):
            if act is not Shift and arg not in numbers:
                numbers[arg] = len(rules)
                rules.append(described(arg))
            row[str(on)] = order[arg] if act is Shift else -1 - numbers[arg]
        states.append(row)
    words: dict[str, str] = {}
    marks: dict[str, str] = {}
    for terminal in sorted(parser.terminals, key=lambda terminal: str(terminal.name)):
        name, value = str(terminal.name), terminal.pattern.value
        if type(terminal.pattern).__name__ == "PatternStr":
            (words if value[0].isalpha() else marks)[value] = name
    starts = {name: order[table.start_states[name]] for name in STARTS}
    return marshal.dumps((states, rules, words, marks, starts), 4)


def reachable(table: Any) -> dict[int, int]:
    """Lark's states → our numbers, breadth first from the starts: Lark's own numbers differ from run to run."""
    from lark.parsers.lalr_analysis import Shift

    order: dict[int, int] = {}
    waiting = [table.start_states[name] for name in STARTS]
    for state in waiting:
        if state not in order:
            order[state] = len(order)
            waiting += [arg for _, (act, arg) in sorted(table.states[state].items()) if act is Shift]
    return order


def described(rule: Any) -> Rule:
    """A rule as the parser needs it."""
    origin = str(rule.origin.name)
    inline = bool(rule.options.expand1) and not rule.alias and len(rule.expansion) == 1
    repeats = tuple(at for at, symbol in enumerate(rule.expansion) if is_repetition(symbol))
    return str(rule.alias or origin), len(rule.expansion), origin, inline, repeats


def is_repetition(symbol: Any) -> bool:
    """Is the symbol a rule that Lark made for `*` or `+`? Its kids belong to the rule around it."""
    return not symbol.is_term and str(symbol.name).startswith("__")


if __name__ == "__main__":
    TABLES.write_bytes(build(GRAMMAR.read_text("utf-8")))
