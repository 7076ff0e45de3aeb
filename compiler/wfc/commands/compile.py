"""`wfc compile [PATH …] --target NAME`: write what an engine runs."""

from __future__ import annotations

import os
import sys

from wfc.commands.common import add_paths, findings, parser, rules_of, show, sources
from wfc.errors import FINDINGS, GOOD, UserError
from wfc.files import write_all, write_out, write_text
from wfc.gather import Gathered, gather
from wfc.pipeline import compile_flow, has_errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from wfc import ir
    from wfc.target import Compiled, Target


def run(arguments: list[str]) -> int:
    """Exit code 0 when all was written, 1 for findings (nothing is written) or stale files under --check."""
    args = parse(arguments)
    import wfc_targets

    target = wfc_targets.load(args.target)
    version = pick_version(target, args.target_version)
    gathered = gather(args.paths, args.environment)
    found = [item for item in findings(gathered) if item.severity != "info"]
    results: list[Compiled] = []
    if not has_errors(found):
        results = [compile_flow(gathered.loaded.project, flow, target, version) for flow in asked(gathered)]
        lossy = [item for result in results for item in result.diagnostics]
        rules = rules_of(gathered.settings)
        found += rules.apply(lossy) if rules else lossy
    show(found, sources(gathered))
    if has_errors(found):
        return FINDINGS
    return deliver(args, target, results)


def parse(arguments: list[str]) -> Namespace:
    """The options of `wfc compile`. Ends with exit code 2 for wrong ones, as argparse does."""
    import wfc_targets

    options = parser("compile", "Compile flows. One flow goes to standard output; several need -o DIR.")
    add_paths(options)
    options.add_argument("--target", required=True, choices=wfc_targets.NAMES, help="the engine to write for")
    options.add_argument("--target-version", default="", metavar="V", help="the engine's version (see `wfc targets`)")
    options.add_argument("-o", "--output", metavar="DIR", help="write below DIR, in the target's own folder")
    options.add_argument("--manifest", metavar="DIR", help="write the manifests (engine id → source) below DIR")
    options.add_argument("--check", action="store_true", help="write nothing; exit 1 when files below -o are stale")
    return options.parse_args(arguments)


def pick_version(target: Target, wanted: str) -> str:
    """The version to write for. Raises UserError for one that the target does not know."""
    if not wanted:
        return target.versions[0]
    if wanted not in target.versions:
        known = ", ".join(target.versions)
        raise UserError(f"{target.name} has no text for version {wanted}", f"known: {known}")
    return wanted


def asked(gathered: Gathered) -> list[ir.Flow]:
    """The flows of the files that were named, in order of name."""
    flows = [flow for flow in gathered.loaded.project.flows if flow.span.source in gathered.asked]
    if not flows:
        raise UserError(f"there is no flow in {', '.join(gathered.asked)}", "a file holds `flow NAME { … }`")
    return flows


def deliver(args: Namespace, target: Target, results: list[Compiled]) -> int:
    """Write the files, or compare them with those that are there."""
    if args.manifest:
        from wfc.manifest import manifest_json

        for result in results:
            name = f"{result.manifest.flow}.{target.name}.json"
            write_text(os.path.join(args.manifest, name), manifest_json(result.manifest))
    if args.output is None and not args.check:
        return print_one(results)
    folder = os.path.join(args.output or ".", target.folder)
    files = {os.path.join(folder, item.path): item.text for result in results for item in result.artifacts}
    if args.check:
        return compare(files, [] if args.paths else left_over(folder, files))
    write_all(files)
    for path in files:
        print(f"wrote {path}", file=sys.stderr)
    return GOOD


def print_one(results: list[Compiled]) -> int:
    """The one flow that was asked for, to standard output; the files that go with it are named."""
    if len(results) > 1:
        names = ", ".join(result.manifest.flow for result in results)
        raise UserError(f"{len(results)} flows ({names}) do not fit on standard output", "say where: -o DIR")
    main, *others = results[0].artifacts
    write_out(main.text)
    for item in others:
        print(f"note: {main.path} also needs {item.path}; -o DIR writes both", file=sys.stderr)
    return GOOD


def left_over(folder: str, files: dict[str, str]) -> list[str]:
    """The files that wfc has written below a folder and that no flow of the project makes any more."""
    found = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for path in (os.path.join(place, name) for name in sorted(names)):
            if path not in files and path.endswith((".yaml", ".yml", ".py")):
                with open(path, "rb") as file:
                    head = file.read(400)
                if b"Generated by wfc " in head:
                    found.append(f"{path} is left over: no flow makes it any more")
    return found


def compare(files: dict[str, str], extra: list[str]) -> int:
    """1, with the list, when a file is missing or differs from what would be written, or `extra` names some."""
    stale = list(extra)
    for path, text in files.items():
        try:
            with open(path, encoding="utf-8", newline="") as file:
                if file.read() != text:
                    stale.append(f"{path} is stale")
        except OSError:
            stale.append(f"{path} is missing")
    for line in stale:
        print(line, file=sys.stderr)
    if stale:
        print("  help: compile again without --check, remove what is left over, and commit the result", file=sys.stderr)
    return FINDINGS if stale else GOOD
