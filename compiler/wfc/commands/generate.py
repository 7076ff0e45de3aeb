"""`wfc generate "INTENT"`: plain words → a checked flow, or what an engine runs of it."""

from __future__ import annotations

import os
import sys

from wfc.commands.common import parser, rules_of, show
from wfc.errors import FINDINGS, GOOD, MODEL, QUESTIONS, UserError
from wfc.files import write_out, write_text
from wfc.gather import around
from wfc.pipeline import Loaded, compile_flow, has_errors, load_texts
from wfc.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from wfc.diagnostic import Diagnostic
    from wfc.generate import Result

NAME = "generated.wf"
EPILOG = """
environment:
  WFC_MODEL        the model; without it the built-in planner is used (controlled English, see docs/generate.md)
  OPENAI_API_KEY   the key
  OPENAI_BASE_URL  the endpoint, https://api.openai.com/v1 unless said; any OpenAI-compatible one
"""


def run(arguments: list[str]) -> int:
    """Exit code 0 with a flow that the checker accepts; 1 when it does not, 3 for the model, 4 for questions."""
    args = parse(arguments)
    if args.output and os.path.exists(args.output) and not args.overwrite:
        raise UserError(f"{args.output} is there already", "name another file; --overwrite replaces it")
    settings, others = around()
    result = ask(args, settings, others)
    report(result)
    if result.questions and not result.text:
        return QUESTIONS
    loaded = load_texts([(NAME, result.text), *others], settings)
    if any(item.severity != "info" for item in result.found) and not args.force:
        show(result.found, loaded.sources)
        print(
            f"wfc: {result.stopped or 'the flow has findings'}; it was not written (--force writes it)", file=sys.stderr
        )
        write_rejected(result)
        return FINDINGS
    return deliver(args, result, loaded)


def parse(arguments: list[str]) -> Namespace:
    """The options of `wfc generate`. Ends with exit code 2 for wrong ones, as argparse does."""
    import wfc_targets

    options = parser("generate", "Turn plain words into a checked flow.")
    options.epilog = EPILOG
    options.add_argument("intent", help="what should happen, in words; `-` reads them from standard input")
    options.add_argument("-o", "--output", metavar="FILE", help="write the flow to FILE instead of standard output")
    options.add_argument("--target", choices=wfc_targets.NAMES, help="write what this engine runs to standard output")
    options.add_argument("--model", default=os.environ.get("WFC_MODEL", ""), help="the model ($WFC_MODEL)")
    options.add_argument(
        "--base-url",
        default=os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1",
        metavar="URL",
        help="an OpenAI-compatible endpoint ($OPENAI_BASE_URL)",
    )
    options.add_argument("--force", action="store_true", help="write the flow although the checker rejects it")
    options.add_argument("--overwrite", action="store_true", help="let -o take the place of a file that is there")
    return options.parse_args(arguments)


def ask(args: Namespace, settings: Settings, others: list[tuple[str, str]]) -> Result:
    """The flow, by the model that is set up, else by the built-in planner."""
    from wfc.check import in_preset, run_checks
    from wfc.diagnostic import ordered
    from wfc.generate import Result, generate

    rules = rules_of(settings)
    codes = rules.codes if rules else in_preset("recommended")

    def check(text: str) -> tuple[Diagnostic, ...]:
        loaded = load_texts([(NAME, text), *others], settings)
        checked = run_checks(loaded.project, codes, before=loaded.diagnostics)
        found = ordered(item for item in (*loaded.diagnostics, *checked) if item.span.source == NAME)
        return rules.apply(found) if rules else found

    intent = sys.stdin.read() if args.intent == "-" else args.intent
    if not intent.strip():
        raise UserError("the intent is empty", 'say what should happen: wfc generate "every night run `./load`"')
    if not args.model:
        from wfc.generate.planner import plan
        from wfc.generate.repair import apply_safe_fixes

        draft = plan(intent)
        text, repairs, found = apply_safe_fixes(tidy(draft.text), check)
        return Result(text, found, draft.assumptions, (), tuple(repairs), 1)
    if not os.environ.get("OPENAI_API_KEY") and "api.openai.com" in args.base_url:
        raise UserError("OPENAI_API_KEY is not set", "set it, or name another endpoint with --base-url", MODEL)
    from wfc import catalog
    from wfc.generate.endpoint import connect
    from wfc.generate.prompt import build

    known = catalog.load()
    for path, source in others:
        known, _ = known.with_file(path, source)
    model = connect(args.model, args.base_url, os.environ.get("OPENAI_API_KEY", ""))
    result = generate(build(intent, known), model, check)
    from wfc.record import replace

    return replace(result, text=tidy(result.text)) if not has_errors(result.found) else result


def tidy(text: str) -> str:
    """The text in the canonical layout; as it is when it does not parse."""
    from wfc.format import format_document
    from wfc.parse import parse as parse_text

    document, problems = parse_text(NAME, text)
    return text if problems else format_document(document)


def report(result: Result) -> None:
    """Say what was assumed, mended and asked, on standard error."""
    for title, lines in (("assumed", result.assumptions), ("mended", result.repairs), ("question", result.questions)):
        for line in lines:
            print(f"{title}: {line}", file=sys.stderr)


def write_rejected(result: Result) -> None:
    """Show the best text so far, so that it is not lost, on standard error."""
    print("--- the best text so far", file=sys.stderr)
    print(result.text, end="", file=sys.stderr)
    print("---", file=sys.stderr)


def deliver(args: Namespace, result: Result, loaded: Loaded) -> int:
    """The flow to FILE or standard output, or what a target makes of it."""
    if args.output:
        write_text(args.output, result.text)
        print(f"wrote {args.output}", file=sys.stderr)
    if args.target is None:
        if not args.output:
            write_out(result.text)
        return GOOD
    import wfc_targets

    target = wfc_targets.load(args.target)
    for flow in loaded.project.flows:
        if flow.span.source != NAME:
            continue
        compiled = compile_flow(loaded.project, flow, target)
        show(compiled.diagnostics, loaded.sources)
        if has_errors(compiled.diagnostics):
            return FINDINGS
        write_out(compiled.artifacts[0].text)
    return GOOD
