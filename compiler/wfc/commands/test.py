"""`wfc test [PATH …]`: run the `test` blocks of flows in the reference interpreter."""

from __future__ import annotations

from wfc.commands.common import add_paths, parser, resolved
from wfc.errors import FINDINGS, GOOD
from wfc.gather import gather


def run(arguments: list[str]) -> int:
    """Exit code 0 when all tests passed, 1 when one failed or a flow can't be resolved."""
    options = parser("test", "Run the `test` blocks of flows, with the faults that they ask for; no engine is needed.")
    add_paths(options)
    args = options.parse_args(arguments)
    gathered = gather(args.paths, args.environment)
    flows = resolved(gathered)
    if flows is None:
        return FINDINGS
    from wfc.simulate import account, run_tests

    passed = failed = 0
    for flow in flows:
        for result in run_tests(gathered.loaded.project, flow):
            passed, failed = passed + (not result.failures), failed + bool(result.failures)
            print(f"{'ok  ' if not result.failures else 'FAIL'} {flow.name}: {result.title}")
            for line in result.failures:
                print(f"       {line}")
            if result.failures:
                print("       what happened:")
                print("\n".join(f"         {line}" for line in account(result.trace).splitlines()))
    print(f"{passed} passed, {failed} failed")
    return FINDINGS if failed else GOOD
