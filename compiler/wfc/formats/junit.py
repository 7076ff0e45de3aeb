"""JUnit XML, which most CI servers show: a suite for each file, a failed case for each error and warning."""

from __future__ import annotations

from wfc.render import positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.diagnostic import Diagnostic
    from wfc.formats import Report


def render(report: Report) -> str:
    """One document. A file without findings has one case that passed; an info is a case that passed with output."""
    paths = dict.fromkeys([*sorted(report.asked), *(one.span.source for one in report.found)])
    suites = []
    tests = 0
    for path in paths:
        here = [one for one in report.found if one.span.source == path]
        cases = [case(one, report) for one in here] or [f"    <testcase{marks(classname=path, name='check')}/>"]
        tests += len(cases)
        numbers = marks(name=path, tests=str(len(cases)), failures=str(failures(here)), errors="0")
        suites += [f"  <testsuite{numbers}>", *cases, "  </testsuite>"]
    head = marks(name="wfc check", tests=str(tests), failures=str(failures(report.found)), errors="0")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites{head}>", *suites, "</testsuites>"]
    return "\n".join(lines) + "\n"


def failures(found: tuple[Diagnostic, ...] | list[Diagnostic]) -> int:
    """How many findings make a check fail."""
    return sum(one.severity != "info" for one in found)


def case(one: Diagnostic, report: Report) -> str:
    """One finding as a test case."""
    start, _ = positions(one.span, report.sources)
    where = f"{one.span.source}:{start.line}:{start.column}"
    text = "\n".join(part for part in (f"{where}: {one.message}", one.why, one.help) if part)
    name = marks(classname=one.span.source, name=f"{one.code} {one.name} {start.line}:{start.column}")
    if one.severity == "info":
        return f"    <testcase{name}>\n      <system-out>{escaped(text)}</system-out>\n    </testcase>"
    kind = marks(type=one.severity, message=one.message)
    return f"    <testcase{name}>\n      <failure{kind}>{escaped(text)}</failure>\n    </testcase>"


def marks(**attributes: str) -> str:
    """XML attributes, each after a blank."""
    return "".join(f' {name}="{escaped(value, quoted=True)}"' for name, value in attributes.items())


def escaped(text: str, quoted: bool = False) -> str:
    """Text of XML 1.0; characters that it can't hold become U+FFFD. quoted: inside double quotes, on one line."""
    text = "".join(char if is_xml(char) else "\ufffd" for char in text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") if quoted else text


def is_xml(char: str) -> bool:
    """Is it a `Char` of XML 1.0 (section 2.2)?"""
    return char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"
