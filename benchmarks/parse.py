"""Our parser, its lexer and the formatter against Lark with positions, on one text: prints a Markdown table.

`python benchmarks/parse.py [TASKS] [ROUNDS]`; the garbage collector is off, as in the command line.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from lark import Lark
from measure import in_turns, table
from synthetic import flow

from wfc.format import format_document
from wfc.lex import lex
from wfc.parse import parse

GRAMMAR = Path(__file__).parents[1] / "grammar" / "wfc_grammar" / "workflow.lark"


def main() -> None:
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    text = flow(tasks)
    options = {"parser": "lalr", "keep_all_tokens": True, "maybe_placeholders": False}
    grammar = GRAMMAR.read_text("utf-8")
    with_places = Lark(grammar, propagate_positions=True, **options)
    plain = Lark(grammar, **options)
    document, problems = parse("synthetic.wf", text)
    if problems:
        sys.exit(problems[0].message)
    broken = text.replace("timeout 5m", "timeout 5", 10)
    gc.disable()
    rows = in_turns(
        {
            "wfc: parse": lambda: parse("synthetic.wf", text),
            "wfc: lexer alone": lambda: lex(text),
            "wfc: parse, 10 errors mended": lambda: parse("synthetic.wf", broken),
            "wfc: format (after the parse)": lambda: format_document(document),
            "Lark, with positions": lambda: with_places.parse(text),
            "Lark, without positions": lambda: plain.parse(text),
        },
        rounds,
    )
    count = f"{text.count(chr(10)):,} lines, {len(document.tokens):,} tokens"
    print(table(count, rows, "wfc: parse"))


if __name__ == "__main__":
    main()
