"""SQL in the arguments of a database client, by its first words: enough for one plain statement."""

from __future__ import annotations

from wfc.embedded.verdict import READ, SAFE, UNKNOWN, UNSAFE
from wfc.patterns import ready

READS = ready(r"(?is)\s*(?:select|show|explain\s+(?!analy)|\\d\w*|\\l|describe|values|table)\b")
CALLS = ready(r"(\w+)\s*\(")
HARMLESS = frozenset(
    "count sum min max avg coalesce nullif now date date_trunc to_char round lower upper length cast in as exists over "
    "extract from where and or not on values pg_size_pretty pg_database_size pg_total_relation_size version json_agg "
    "array_agg string_agg row_number concat substring trim abs greatest least current_database any all distinct using "
    "join filter json_build_object row_to_json current_setting pg_is_in_recovery".split()
)
WRITES_TOO = ready(r"(?is);\s*\S|\binto\b|\bfor\s+(?:no\s+key\s+)?(?:update|share)\b")
INSERT = ready(r"(?is)\s*insert\s+into\b")
TAMED = ready(
    r"(?is)on\s+conflict|on\s+duplicate|not\s+exists|\bdelete\b|\btruncate\b|\bwhere\b|;\s*\S|overwrite|\bexcept\b"
)
CREATE = ready(
    r"(?is)\s*create\s+(?:table|schema|database|role|user|index|view|type|extension)\b(?!.*\bif\s+not\s+exists)"
)
DROP = ready(r"(?is)\s*drop\s+\w+\b(?!.*\bif\s+exists)")
TRUNCATE = ready(r"(?is)\s*truncate\b[^;]*;?\s*$|\s*(?:create|drop)\s+\w+\s+if\s+(?:not\s+)?exists\b[^;]*;?\s*$")


def sql_verdict(text: str) -> tuple[str, str]:
    """(verdict, what a second run does) of a SQL text; several statements and unusual ones are `unknown`."""
    if READS.match(text) and not WRITES_TOO.search(text):
        if '"(' in text.replace(" ", "").replace("\\", ""):
            return UNKNOWN, ""  # a function with a quoted name
        known = all(name.lower() in HARMLESS for name in CALLS.findall(text))
        return (READ if known else UNKNOWN), ""
    if TRUNCATE.match(text):
        return SAFE, ""
    if INSERT.match(text) and not TAMED.search(text):
        return UNSAFE, "adds the rows again, or fails on their key"
    if CREATE.match(text) and ";" not in text.rstrip("; \n"):
        return UNSAFE, "fails, because it exists"
    if DROP.match(text) and ";" not in text.rstrip("; \n"):
        return UNSAFE, "fails, because it is gone"
    return UNKNOWN, ""
