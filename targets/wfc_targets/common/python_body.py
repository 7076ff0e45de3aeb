"""A Python function body → the same text one level deeper, without moving what stands inside of strings."""

from __future__ import annotations


def indented_body(body: str, by: str = "    ") -> str:
    """The body moved to the right by `by`, ending in a line break; an empty one is `pass`.

    Lines that begin inside a string of several lines stay where they are: moving them would change the string.
    """
    text = body.strip("\n")
    if not text.strip():
        return f"{by}pass\n"
    inside = _lines_inside_strings(text)
    lines = text.split("\n")
    return "".join(
        (line if number in inside or not line.strip() else by + line) + "\n" for number, line in enumerate(lines, 1)
    )


def _lines_inside_strings(text: str) -> set[int]:
    """The numbers (from 1) of lines whose beginning belongs to a string; none where the text is not Python."""
    import io
    import tokenize

    inside: set[int] = set()
    starts: list[int] = []
    kinds = {getattr(tokenize, name, None) for name in ("FSTRING_START", "TSTRING_START")}
    ends = {getattr(tokenize, name, None) for name in ("FSTRING_END", "TSTRING_END")}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
            if token.type == tokenize.STRING:
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
            elif token.type in kinds:
                starts.append(token.start[0])
            elif token.type in ends:
                inside.update(range(starts.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return inside
    return inside
