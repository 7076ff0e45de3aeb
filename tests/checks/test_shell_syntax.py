"""Scripts that bash refuses: held against `bash -n`, on labelled scripts and on damaged ones."""

from __future__ import annotations

import random
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from checks.finding import findings, flow
from checks.shell_snippets import FRESH, HELD, LAST, LATE, TUNE
from wfc.embedded.shell_syntax import fault

SCRIPTS = tuple(script for script, _ in (*TUNE, *HELD, *LATE, *LAST, *FRESH))
PIECES = """
$( ) " ' || ; { } <<E >> [[ ]] ! && ` fi done do then if for case esac ;; (( )) ${ \\ ( # =( function | & in
""".split()


def refused(script: str) -> bool:
    """Does bash refuse it? It is only read."""
    done = subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True, check=False)
    return done.returncode != 0


def damaged(number: int) -> list[str]:
    """Scripts with one or two pieces put in or cut out, the same ones each time."""
    chance = random.Random(20)
    texts = []
    for _ in range(number):
        text = chance.choice(SCRIPTS)
        for _ in range(chance.randrange(1, 3)):
            start = chance.randrange(len(text))
            end = min(len(text), start + chance.choice((0, 0, 1, 4)))
            text = text[:start] + chance.choice(("", " ", "\n")) + chance.choice(("", *PIECES)) + text[end:]
        texts.append(text)
    return texts


def test_what_is_told_is_refused_by_bash() -> None:
    texts = [*SCRIPTS, *damaged(700)]
    with ThreadPoolExecutor(2) as pool:
        wrong = list(pool.map(refused, texts))
    told = [fault(text) is not None for text in texts]
    assert [text for text, said, bad in zip(texts, told, wrong, strict=True) if said and not bad] == []
    assert sum(told) >= 0.6 * sum(wrong) > 100


@pytest.mark.parametrize(
    ("script", "place", "message"),
    [
        ("ls\nif a; then\n  b", "if a", "`if` has no `fi`"),
        ("for a in b c; do d", "for", "`for` has no `done`"),
        ("while a\ndo b", "while", "`while` has no `done`"),
        ("case $a in\n  b) c ;;", "case", "`case` has no `esac`"),
        ("f() {\n  a", "{", "`{` has no `}`"),
        ("echo 'a", "'a", "the quote `'` is never closed"),
        ('echo "a $(b "c")', '"a', 'the quote `"` is never closed'),
        ("a=$(b", "$(", "`$(` is never closed"),
        ("echo ${a", "${a", "`${` is never closed"),
        ("(a; b", "(a", "`(` is never closed"),
        ("a\nfi", "fi", "`fi` closes nothing"),
        ("if a; b; fi", "fi", "`fi` stands in the block of `if`"),
        ("if a; then fi", "fi", "no command follows `then`"),
        ("a; done", "done", "`done` closes nothing"),
        ("a }\n}", "}", "`}` closes nothing"),
        ("a)", ")", "`)` closes nothing"),
        ("&& a", "&&", "no command stands before `&&`"),
        ("a | | b", "| b", "no command stands before `|`"),
        ("a ||", "", "no command follows `||`"),
        ("a ;; b", ";;", "`;;` stands outside of `case`"),
    ],
)
def test_faults(script: str, place: str, message: str) -> None:
    assert refused(script)
    found = fault(script)
    assert found is not None
    assert found[1] == message
    assert script.startswith(place, found[0])


@pytest.mark.parametrize(
    "script",
    [
        "exec 3<>/dev/tcp/db/5432",
        "for a do echo $a; done",
        "for ((i = 0; i < 3; i++)); do a; done",
        "case $a in (b|c) d ;; *) e ;& f) ;; esac",
        "[[ $a =~ ^(b|c)$ ]] && d",
        "echo if then fi done esac }",
        "echo a#b # it's a comment",
        "cat <<'E'\nit's (not\nE\nls",
        'cat <<-E | wc\n\t"\n\tE\nls',
        "a=(b 'c d' # e's\n  f)\ng",
        'echo "$(case a in a) echo ")" ;; esac)"',
        "echo $((1 + (2 * 3))) ${a//[)(]/x} ${#a} $# $$",
        "a() { b; }; function c { d; }; function e() { f; }",
        "a && # b\n  c |\n  d",
        "! a || { b; } > c 2>&1 < d",
        "diff <(a) <(b) > >(c)",
        "echo \\' \\\" `a \\`b\\``",
        "if a; then b; elif c; then d; else e; fi > f",
        "until a; do b; done < <(c)",
        "echo a > b; { c; }; (d); ((e)); [ f ]",
        "select a in b; do c; done",
        "time (a)",
    ],
)
def test_what_bash_takes(script: str) -> None:
    assert not refused(script)
    assert fault(script) is None


def test_patterns_that_need_an_option_are_left_alone() -> None:
    assert fault("shopt -s extglob\nrm !(a|b)") is None


def test_the_finding_stands_at_the_line() -> None:
    text = flow('task a = shell("""\n    ls\n    echo "$(date"\n    pwd\n  """)')
    (found,) = [one for one in findings(text) if one.code == "WF213"]
    assert text[found.span.start : found.span.end] == 'echo "$(date"'
    assert found.message == 'the script of `a` is no bash: the quote `"` is never closed (line 2)'
