"""Typical mistakes at an error → what was meant, and words that say so. Habits of other languages, mostly."""

from __future__ import annotations

import re

from wfc.diagnostic import suggest
from wfc.expected import CLAUSES, OPERAND, STARTERS, STATEMENTS, expectation
from wfc.lex import HARD, MARKS, WORDS
from wfc.repair import Repair, Site, advance, first_on_line, take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = WORDS | MARKS
OPERATORS = {"&&": "and", "||": "or", "!": "not"}
SYNONYMS = {
    "step": "task",
    "job": "task",
    "foreach": "for",
    "switch": "match",
    "catch": "recover",
    "except": "recover",
    "rescue": "recover",
    "var": "let",
    "const": "let",
    "set": "let",
    "assert": "require",
    "raise": "fail",
    "throw": "fail",
    "return": "stop",
    "depends_on": "after",
    "needs": "after",
    "retries": "retry",
    "workflow": "flow",
    "param": "input",
    "env": "config",
    "concurrent": "parallel",
}
SECONDS = {"s": "s", "sec": "s", "m": "m", "min": "m", "h": "h", "hour": "h", "hr": "h", "d": "d", "day": "d"}


def mistake(site: Site) -> Repair | None:
    """The first typical mistake that explains the error and after which the text goes on."""
    for explain in MISTAKES:
        repair = explain(site)
        if repair is not None:
            return repair
    return None


def goes_on(site: Site, drop: int, *kinds: str, enough: int = 1) -> bool:
    """Would the text go on if `drop` tokens were replaced by tokens of these kinds?"""
    states = list(site.states)
    if not all(take(states, kind) for kind in kinds):
        return False
    at = site.at + drop
    return advance(states, site.tokens, at, enough) >= min(enough, len(site.tokens) - at)


def finished_text(site: Site) -> Repair | None:
    """Strings that are not strings: other quotes, no end, a lone brace."""
    text = site.token.text
    if site.token.kind != "BAD" or text[0] not in "\"'":
        return None
    kind = next((one for one in ("STRING", "DOC", "atom") if one in site.expected or goes_on(site, 1, one)), None)
    if text.startswith('"""'):
        span = (site.token.start, site.token.start + 3)
        message, remedy = "this text in triple quotes has no end", 'close it with `"""`'
        return Repair(1, ((kind, '""""""'),) if kind else (), message, remedy, span)
    if kind is None:
        return None
    value = ((kind, '"' + text[1:].rstrip('"') + '"'),)
    if text[0] == "'":
        message, remedy = "texts stand in double quotes", f'write "{text[1:-1]}"' if text.endswith("'") else 'write "…"'
        return Repair(1, value, message, remedy)
    brace = lone_brace(text) if len(text) > 1 and text.endswith('"') else None
    if brace is not None:
        at = site.token.start + brace
        mark = text[brace]
        remedy = f"write `{mark * 2}` for the character; `{{name}}` puts a value in"
        return Repair(1, value, f"a lone `{mark}` in a text", remedy, (at, at + 1))
    return Repair(1, value, "this text has no end on its line", 'close it with `"`, or use triple quotes')


def lone_brace(text: str) -> int | None:
    """The place of the first brace in a string that belongs to no pair."""
    rest = re.sub(r"\\.|\{\{|\}\}|\{[^{}\n]*\}", lambda match: " " * len(match.group()), text)
    at = re.search(r"[{}]", rest)
    return at.start() if at else None


def operator(site: Site) -> Repair | None:
    """`&&`, `||`, `!`, `===`."""
    text, drop = site.token.text, 1
    if text == site.near(1).text == "|":
        text, drop = "||", 2
    word = OPERATORS.get(text)
    if word is None or not goes_on(site, drop, KINDS[word]):
        return None
    return Repair(drop, ((KINDS[word], word),), f"`{text}` is written `{word}`", f"write `{word}`")


def equals(site: Site) -> Repair | None:
    """`=` for `==`, or for the `:` of a named argument."""
    if site.token.text != "=":
        return None
    if site.near(-1).text == "==" and goes_on(site, 1):
        return Repair(1, (), "`===` is written `==`", "write `==`")
    inside = site.near(-1).kind == "NAME" and site.near(-2).text in ("(", ",", "{")
    if inside and goes_on(site, 1, "COLON"):
        name = site.near(-1).text
        return Repair(1, (("COLON", ":"),), f"`{name}` is given with `:`, not `=`", f"write `{name}: …`")
    if goes_on(site, 1, KINDS["=="]):
        return Repair(1, ((KINDS["=="], "=="),), "`=` does not compare", "write `==`")
    return None


def type_and_default(site: Site) -> Repair | None:
    """`list<int>= []`."""
    if site.token.text != ">=" or not goes_on(site, 1, "MORETHAN", "EQUAL"):
        return None
    return Repair(1, (("MORETHAN", ">"), ("EQUAL", "=")), "`>=` is one sign", "write `> =`")


def else_if(site: Site) -> Repair | None:
    """`elif` and its kin."""
    word = site.token.text
    if word not in ("elif", "elseif", "elsif") or not goes_on(site, 1, "ELSE", "IF"):
        return None
    return Repair(1, (("ELSE", "else"), ("IF", "if")), f"`{word}` is written `else if`", "write `else if`")


def or_else(site: Site) -> Repair | None:
    """`or else`: the message of `require` has no `or`; a task has `fallback`."""
    before = site.before()
    if site.token.text == "else" and site.near(-1).kind == "OR" and before and "ELSE" in before.expected:
        place = (site.near(-1).start, site.token.end)
        return Repair(1, (), "`or else` is written `else`", "write `else`", place, back=1)
    if site.token.text == "or" and site.near(1).text == "else" and goes_on(site, 2, "FALLBACK"):
        remedy = "write `fallback call(…)` or `fallback value …`"
        return Repair(2, (("FALLBACK", "fallback"),), "a task has no `or else`, it has a `fallback`", remedy)
    return None


def unit(site: Site) -> Repair | None:
    """A duration without its unit, with a long one, or in two parts."""
    token, after, before = site.token, site.near(1), site.near(-1)
    if token.kind in ("INT", "NUMBER") and "DURATION" in site.expected:
        long = after.kind == "NAME" and after.text.lower().rstrip("s") in SECONDS
        known = SECONDS.get(after.text.lower().rstrip("s") or "s", "")
        number = token.text
        remedy = f"write `{number}{known}`" if long else f"write `{number}s`, `{number}m` or `{number}h`"
        return Repair(2 if long else 1, (("DURATION", f"{number}s"),), "a duration needs its unit", remedy)
    if before.kind == "DURATION" and token.kind == "DURATION":
        return Repair(1, (), "a duration is one word", f"write `{before.text}{token.text}`")
    if before.kind == "DURATION" and token.text.isalpha() and before.end == token.start:
        remedy = "the units are ms, s, m, h and d"
        return Repair(1, (), f"`{before.text}{token.text}` is no duration", remedy, (before.start, token.end))
    return None


def comment(site: Site) -> Repair | None:
    """`// comment` and `/* comment */`, at the start of a line or behind a statement."""
    if site.token.text not in ("//", "/") or (site.token.text == "/" and "STAR" in site.expected):
        return None
    line = site.text.find("\n", site.token.start - site.offset)
    end = len(site.text) if line < 0 else line
    count = 1
    while site.at + count < len(site.tokens) - 1 and site.tokens[site.at + count].start - site.offset < end:
        count += 1
    return Repair(count, (), "a comment begins with `#`", "write `# …`")


def semicolon(site: Site) -> Repair | None:
    """`;` and `,` after a statement or clause."""
    if site.token.text == ";":
        return Repair(1, (), "no `;` is needed: a line end will do", "remove it")
    if site.token.text == "," and site.near(1).kind in STATEMENTS | CLAUSES and goes_on(site, 1, enough=2):
        return Repair(1, (), "no `,` stands between clauses or statements", "remove it")
    return None


def colon(site: Site) -> Repair | None:
    """YAML's `timeout: 5m`, Python's `else:`."""
    token = site.token
    if token.kind == "NAME" and token.text in WORDS and site.near(1).text == ":":
        kind = WORDS[token.text]
        if kind in site.expected:
            remedy = f"write `{token.text} …`"
            return Repair(2, ((kind, token.text),), f"no `:` stands after `{token.text}`", remedy)
    if token.text == ":" and site.near(1).text == "{" and goes_on(site, 1):
        return Repair(1, (), "no `:` stands before a block", "remove it")
    return None


def reserved_name(site: Site) -> Repair | None:
    """A word of the language where a name is due."""
    token = site.token
    if token.kind not in HARD or "NAME" not in site.expected:
        return None
    if first_on_line(site, site.at) and token.kind in STATEMENTS:
        return None
    if "IF" in site.expected and not goes_on(site, 1, "NAME", enough=3):
        return None
    if not goes_on(site, 1, "NAME"):
        return None
    message = f"`{token.text}` is a word of the language, not a name"
    return Repair(1, (("NAME", token.text),), message, f"choose another name, such as `{token.text}_1`")


def null_type(site: Site) -> Repair | None:
    """`null` as a type, alone or in a union."""
    if site.token.kind != "NULL" or "NAME" not in site.expected or "IF" in site.expected:
        if site.token.text == "|" and site.near(1).kind == "NULL":
            remedy = f"write `{site.near(-1).text}?`"
            return Repair(2, (), "a type that allows null is written with `?`", remedy)
        return None
    drop = 2 if site.near(1).text == "?" else 1
    message = "`null` is no type of its own"
    return Repair(drop, (("NAME", "string"),), message, "write `T?` for a T that may be missing")


def unfinished_line(site: Site) -> Repair | None:
    """`input a:` and the next line: its first word is no name, though it could be one."""
    word, before = site.near(-1), site.before()
    keyword = WORDS.get(word.text, "")
    if before is None or word.kind != "NAME" or keyword not in STARTERS or not first_on_line(site, site.at - 1):
        return None
    for blank in ("base", "atom"):
        if goes_on(before, 1, blank, keyword, enough=2):
            end = site.near(-2).end
            insert = ((blank, ""), (keyword, word.text))
            return Repair(1, insert, expectation(before), span=(end, end), back=1)
    return None


def coalesce(site: Site) -> Repair | None:
    """`a ?? b + c`: which part is meant must be said."""
    text = site.token.text
    if text != "??" and (text not in KINDS or KINDS[text] not in MIXED):
        return None
    other = "??" if text != "??" else None
    level = 0
    for back in range(1, 40):
        before = site.near(-back)
        if before.kind in ("RPAR", "RSQB", "RBRACE"):
            level += 1
        elif before.kind in ("LPAR", "LSQB", "LBRACE"):
            level -= 1
        if level < 0 or before.text in ("", ",", ":", "=") or before.kind in STATEMENTS | CLAUSES:
            return None
        if level == 0 and (before.text == other or (other is None and before.kind in MIXED)):
            insert = KINDS["??"] if other else before.kind
            if not goes_on(site, 1, insert):
                return None
            message = f"`??` and `{text if other else before.text}` need parentheses"
            return Repair(1, ((insert, "??"),), message, "write `(a ?? b) + c` or `a ?? (b + c)`")
    return None


MIXED = frozenset(
    KINDS[word] for word in ("+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "in", "and", "or")
)


def clause_after_block(site: Site) -> Repair | None:
    """`for x in xs { … } retry …`."""
    if site.token.kind not in CLAUSES or site.near(-1).text != "}" or "TASK" not in site.expected:
        return None
    level, count = 0, 1
    while site.at + count < len(site.tokens) - 1:
        token = site.tokens[site.at + count]
        if level == 0 and (
            token.text == "}" or token.kind in STATEMENTS | CLAUSES or first_on_line(site, site.at + count)
        ):
            break
        level += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        count += 1
    message = f"`{site.token.text}` belongs to a task, not to a block"
    remedy = "write it on the tasks inside, or in `defaults { }` of the flow"
    return Repair(count, (), message, remedy, (site.token.start, site.token.end))


def typo(site: Site) -> Repair | None:
    """A misspelt keyword, or another language's."""
    token = site.token
    if token.kind != "NAME":
        return None
    words = {word: WORDS[word] for word in WORDS if WORDS[word] in site.expected}
    word = SYNONYMS.get(token.text.lower(), "")
    meant = word if word in words else suggest(token.text, words)
    if not meant or not goes_on(site, 1, words[meant]):
        return None
    return Repair(1, ((words[meant], meant),), expectation(site), f"did you mean `{meant}`?")


def stray(site: Site) -> Repair | None:
    """Characters that the language does not have, and brackets that close nothing."""
    token = site.token
    if token.kind == "BAD":
        if goes_on(site, 1):
            return Repair(1, (), f"`{shown(token.text)}` is no part of the language", HELP.get(token.text, "remove it"))
        if site.expected >= OPERAND and goes_on(site, 1, "atom"):
            message = f"expected an expression, found `{shown(token.text)}`"
            return Repair(1, (("atom", ""),), message, HELP.get(token.text, ""))
        return None
    if token.text in (")", "]", "}") and not opened(site, token.text) and goes_on(site, 1):
        return Repair(1, (), f"this `{token.text}` closes nothing", "remove it")
    return None


HELP = {
    "$": 'names stand alone, and in braces in a text: `name`, `"{name}"`',
    "@": "there are no decorators: a flow declares its triggers with `on`",
    "`": 'write texts in double quotes: "…"',
}


def name_for_code(site: Site) -> Repair | None:
    """`allow missing-retry "…"`: a check by its name, where its code is wanted."""
    if site.near(-1).text == "allow" and site.near(1).text == "-":
        back, end = 0, 1  # it begins like a clause: `allow timeout-inversion`
    elif site.near(-2).text == "allow" and site.token.text == "-" and site.shifted:
        back, end = 1, 0
    else:
        return None
    while site.near(end).text == "-" and site.near(end).end == site.near(end + 1).start:
        end += 2
    parts = [site.near(at) for at in range(-back, end)]
    if not goes_on(site, end, *(() if back else ("NAME",))):
        return None
    from wfc.explain import code_of

    name = "".join(part.text for part in parts)
    code = code_of(name)
    span = (parts[0].start, parts[-1].end)
    message = f"`allow` wants the code of a check; `{name}` is a name"
    return (
        Repair(end + back, (("NAME", code),), message, f'write `allow {code} "…"`', span, back=back) if code else None
    )


def opened(site: Site, closer: str) -> bool:
    """Is there a bracket before the error that this closer closes?"""
    opener = {")": "(", "]": "[", "}": "{"}[closer]
    level = 0
    for token in site.tokens[: site.at]:
        if token.kind in ("STRING", "DOC", "BAD"):
            continue
        level = max(0, level + (token.text == opener) - (token.text == closer))
    return level > 0


def shown(text: str) -> str:
    """A stray character as a message shows it: controls and blanks by their number."""
    if text.isprintable() and not text.isspace():
        return text[:20]
    return " ".join(f"U+{ord(char):04X}" for char in text[:4])


MISTAKES: tuple[Callable[[Site], Repair | None], ...] = (
    finished_text,
    operator,
    equals,
    type_and_default,
    else_if,
    or_else,
    unit,
    comment,
    semicolon,
    colon,
    unfinished_line,
    null_type,
    coalesce,
    name_for_code,
    clause_after_block,
    reserved_name,
    typo,
    stray,
)
