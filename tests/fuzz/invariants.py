"""What must hold of every text, however damaged: one pass through all phases, and assertions on what comes out."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import wfc_targets
from wfc.check import run_checks
from wfc.diagnostic import Diagnostic
from wfc.dump import dump_json
from wfc.errors import UserError
from wfc.files import decode
from wfc.format import format_document
from wfc.manifest import manifest_json
from wfc.parse import parse
from wfc.pipeline import Loaded, compile_flow, has_errors, load_texts
from wfc.render import concise, github, pretty
from wfc.render import json as as_json
from wfc.source import Source
from wfc.undump import text_of

PATH = "fuzz.wf"
TARGETS = tuple((target, version) for target in map(wfc_targets.load, wfc_targets.NAMES) for version in target.versions)
HANGS = 20
"""Seconds of CPU time after which one small text counts as a hang; what is merely slow is a matter of benchmarks."""


@contextmanager
def watchdog(seconds: float = HANGS) -> Iterator[None]:
    """Fails what runs for so many seconds of CPU time, wherever it is."""

    def stop(_number: int, _frame: Any) -> None:
        raise AssertionError(f"still busy after {seconds} s of CPU time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def outcome(text: str) -> list[str]:
    """Everything that the compiler says and writes of a text. Raises AssertionError where an invariant is broken.

    Any exception other than UserError comes through as it is.
    """
    try:
        text = decode(PATH, text.encode("utf-8", "surrogatepass"))
    except UserError as error:
        return [error.message]
    with watchdog():
        loaded = load_texts([(PATH, text)])
        found = (*loaded.diagnostics, *run_checks(loaded.project, before=loaded.diagnostics))
        seen = said(found, loaded.sources)
        seen += layout(text, loaded)
        if not has_errors(found):
            seen += compiled(loaded)
        if not has_errors(loaded.diagnostics):
            seen += dumped(loaded)
    return seen


def said(found: tuple[Diagnostic, ...], sources: dict[str, Source]) -> list[str]:
    """The findings, shown in every form; each place lies in the text."""
    for item in found:
        spans = [item.span, *(label.span for label in item.labels)]
        for span in [*spans, *(edit.span for fix in item.fixes for edit in fix.edits)]:
            assert span.source in sources, (item, span)
            assert 0 <= span.start <= span.end <= len(sources[span.source].text), (item, span)
        assert item.message, item
    return [pretty(found, sources, False), concise(found, sources), github(found, sources), as_json(found, sources)]


def layout(text: str, loaded: Loaded) -> list[str]:
    """The canonical layout of a text that parses: it parses too, says the same, and is its own layout."""
    document = loaded.documents[0]
    if document.broken:
        return []
    laid_out = format_document(document)
    again, problems = parse(PATH, laid_out)
    assert not problems, (text, laid_out, problems)
    assert format_document(again) == laid_out, (text, laid_out)
    return [laid_out]


def compiled(loaded: Loaded) -> list[str]:
    """The files of every flow on every target and version: there are some, or there is an error that says why not."""
    seen: list[str] = []
    for flow in loaded.project.flows:
        for target, version in TARGETS:
            result = compile_flow(loaded.project, flow, target, version)
            assert has_errors(result.diagnostics) == (not result.artifacts), (target.name, version, result.diagnostics)
            seen += said(result.diagnostics, loaded.sources)
            for item in result.artifacts:
                if item.path != "wfc_airflow.py":
                    seen += [item.path, item.text]
            seen.append(manifest_json(result.manifest))
    return seen


def dumped(loaded: Loaded) -> list[str]:
    """The dump, which comes back as flows without errors that were not there before."""
    data = dump_json(loaded.project.flows, loaded.sources)
    again = load_texts([("again.wf", text_of("again.json", data))])
    assert not has_errors(again.diagnostics), again.diagnostics
    return [data]


def digest(seen: list[str]) -> str:
    """A digest of an outcome."""
    return sha256("\0".join(seen).encode("utf-8", "surrogatepass")).hexdigest()
