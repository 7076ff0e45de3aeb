"""The catalog → docs/actions.md: `python -m wfc.docgen_actions` writes it, a test fails when it is stale."""

from __future__ import annotations

from wfc.catalog import PREFIX, load, source
from wfc.catalog.read import KINDS, documentation, dotted, setting, texts
from wfc.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.syntax import Document, Node

FIRST = ("kernel", "triggers")
REPEATS = {
    "safe": "a repeat does no harm",
    "keyed": "a repeat does no harm under an idempotency key",
    "unsafe": "a repeat does it again",
    "unknown": "nobody knows what a repeat does",
}
HEAD = """# Actions and triggers

What a flow may call. Written by `python -m wfc.docgen_actions` from the catalog, which is written in the language
itself (`compiler/wfc/catalog/*.wf`); `wfc actions QUERY` searches it. A project adds its own actions in any of its
files.

The *effect* of an action says what a second run of it does, and whether it can be taken back; the checks of retries,
idempotency and undo rest on it. *Needs* are programs that must be there where the task runs.
"""


def actions_page() -> str:
    """The whole page, as Markdown: the kernel, the triggers, then the standard library by vendor."""
    files = sorted({entry.path for entry in load().entries.values()})
    files.sort(key=lambda path: (group(path) not in FIRST, *(group(path) != name for name in FIRST)))
    contents = "".join(f"- [{group(path)}](#{group(path)})\n" for path in files)
    return f"{HEAD}\n{contents}" + "".join(section(path) for path in files)


def group(path: str) -> str:
    """`slack` of `wfc:slack.wf`."""
    return path.removeprefix(PREFIX).removesuffix(".wf")


def section(path: str) -> str:
    """One file of the catalog: its introduction, then each definition."""
    text = source(path)
    assert text is not None
    document, _ = parse(path, text)
    nodes = document.root.nodes(*KINDS)
    intro = [comment.text.removeprefix("#").strip() for comment in document.comments if comment.start < nodes[0].start]
    return f"\n## {group(path)}\n\n" + "\n".join(intro) + "\n" + "".join(definition(node, document) for node in nodes)


def definition(node: Node, document: Document) -> str:
    """One action or trigger: its head as written, its documentation, and its properties."""
    name = node.node("dotted")
    assert name is not None
    body = next(kid for kid in node.kids if document.text[kid.start : kid.end] == "{")
    head = document.text[node.start : body.start].rstrip()
    facts = [f"**{label}**: {value}" for label, value in properties(node) if value]
    paragraphs = [f"### {dotted(name)}", f"```wf\n{head}\n```", documentation(node)]
    if facts:
        paragraphs.append("  \n".join(facts))
    return "".join(f"\n{paragraph}\n" for paragraph in paragraphs if paragraph)


def properties(node: Node) -> list[tuple[str, str]]:
    """Effect, needs, what is worth a retry, and source of a definition, for people; "" for what it does not say."""
    return [
        ("Effect", effect(node)),
        ("Needs", ", ".join(f"`{name}`" for name in texts(setting(node, "needs")))),
        ("Worth a retry", " ".join(texts(setting(node, "transient")))),
        ("Source", " ".join(f"<{url}>" for url in texts(setting(node, "source")))),
    ]


def effect(node: Node) -> str:
    """`unsafe, irreversible (a repeat does it again; it cannot be undone)`."""
    found = node.node("effect")
    if found is None:
        return ""
    words = [token.text for token in found.tokens("NAME")]
    meaning = [REPEATS[word] for word in words if word in REPEATS]
    meaning += ["it cannot be undone"] if "irreversible" in words else []
    return f"{', '.join(words)} ({'; '.join(meaning)})"


def main() -> None:
    """Write docs/actions.md."""
    import pathlib

    path = pathlib.Path(__file__).resolve().parents[2] / "docs" / "actions.md"
    path.write_text(actions_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
