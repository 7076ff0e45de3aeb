"""Words → the actions that fit them: BM25 over names, synonyms, documentation lines and parameter names.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3, with k1 and b
in the ranges they recommend; fields are weighted by repeating their words (BM25F with one length).
"""

from __future__ import annotations

import math
import re

from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.catalog import Entry

K1, B = 1.2, 0.75
WEIGHTS = (("name", 4), ("synonyms", 3), ("doc", 1), ("parameters", 1))
COMMON = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "of", "on", "or", "the", "to", "with"]
)


class Hit(Record):
    """One definition that fits, and a score (more is better; of one search only)."""

    entry: Entry
    score: float

    @property
    def name(self) -> str:
        """The name of the definition."""
        return self.entry.name


def words(text: str) -> list[str]:
    """The words of a text in lower case, without endings that only tell numbers and tenses apart."""
    found = re.findall(r"[a-z]+|[0-9]+", text.lower())
    return [re.sub(r"(?<=[a-z]{3})(ies|ing|es|ed|s|e|y)$", "", word) for word in found if word not in COMMON]


def bag(entry: Entry) -> dict[str, int]:
    """How often a word counts for a definition."""
    counts: dict[str, int] = {}
    for field, weight in WEIGHTS:
        value = getattr(entry, field)
        for word in words(value if isinstance(value, str) else " ".join(value)):
            counts[word] = counts.get(word, 0) + weight
    return counts


def search(entries: list[Entry], query: str, limit: int) -> list[Hit]:
    """The entries that have a word of the query, best first (ties by name), at most `limit`."""
    bags = [bag(entry) for entry in entries]
    average = sum(sum(counts.values()) for counts in bags) / max(1, len(bags))
    scores = [0.0] * len(entries)
    for word in sorted(set(words(query))):
        having = sum(word in counts for counts in bags)
        rarity = math.log(1 + (len(bags) - having + 0.5) / (having + 0.5))
        for at, counts in enumerate(bags):
            count = counts.get(word, 0)
            length = B * sum(counts.values()) / average
            scores[at] += rarity * count * (K1 + 1) / (count + K1 * (1 - B + length))
    best = sorted(range(len(entries)), key=lambda at: (-scores[at], entries[at].name))
    return [Hit(entries[at], scores[at]) for at in best[:limit] if scores[at] > 0]
