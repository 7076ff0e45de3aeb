"""Grammar → random texts that llguidance allows, token by token, as it would hold a model to the language."""

from __future__ import annotations

from random import Random

from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

CLOSING = {" }", " )", " ]", " >"}


class Vocabulary:
    """A tokenizer whose tokens are whole words of the language, each with a blank before it."""

    def __init__(self, words: list[str]) -> None:
        self.tokens = [b"<end>", *(f" {word}".encode() for word in sorted(set(words)))]
        self.eos_token_id = 0
        self.bos_token_id = None
        self.special_token_ids = [0]

    def __call__(self, text: bytes) -> list[int]:
        return [self.tokens.index(b" " + word) for word in text.split()]


class Sampler:
    """Random walks through what a grammar allows."""

    def __init__(self, grammar: str, words: list[str]) -> None:
        self.vocabulary = Vocabulary(words)
        self.tokenizer = LLTokenizer(TokenizerWrapper(self.vocabulary))
        self.grammar = LLMatcher.grammar_from_lark(grammar)
        error = LLMatcher.validate_grammar(self.grammar)
        if error:
            raise ValueError(error)

    def allowed(self, matcher: LLMatcher) -> list[int]:
        """The tokens that may come next."""
        mask = matcher.compute_bitmask()
        return [at for at in range(self.tokenizer.vocab_size) if mask[at // 8] >> (at % 8) & 1]

    def sample(self, random: Random, length: int) -> str | None:
        """A text of about `length` tokens; None if it does not come to an end in five times as many."""
        matcher = LLMatcher(self.tokenizer, self.grammar)
        text = ""
        for count in range(length * 5):
            allowed = self.allowed(matcher)
            closing = [at for at in allowed if self.vocabulary.tokens[at].decode() in CLOSING]
            if 0 in allowed and (count > length or len(allowed) == 1):
                return text
            token = random.choice((closing if count > length else None) or [at for at in allowed if at])
            matcher.consume_token(token)
            text += self.vocabulary.tokens[token].decode()
        return None
