"""unpinned: what runs tomorrow may be something else

## What it finds
Packages of a Python task without a version (`packages: ["pandas"]`), and images without a tag or with the tag `latest`.

## Why
A new release changes a flow that nobody has touched, and whoever takes over the package or the image runs code with the
flow's secrets. zizmor counts unpinned uses as its most frequent finding; pip's own guide ("Repeatable Installs") and
Docker's ("Best practices") ask for versions.

## Bad
```wf
flow report {
  defaults { timeout 5m }
  task totals = python("import pandas\\nreturn 1", packages: ["pandas"]) -> int
  output totals: int = totals
}
```
```wf
flow report {
  defaults { timeout 5m }
  task build = shell("make", image: "gcc:latest")
}
```

## Good
```wf
flow report {
  defaults { timeout 5m }
  task totals = python("import pandas\\nreturn 1", packages: ["pandas==2.3.3"]) -> int
  output totals: int = totals
}
```
```wf
flow report {
  defaults { timeout 5m }
  task build = shell("make", image: "gcc:15.2")
}
```
"""

from __future__ import annotations

from wfc import ir
from wfc.check import Check
from wfc.checks.common import named_calls, placed_tasks
from wfc.checks.scripts import argument_span
from wfc.diagnostic import WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.diagnostic import Diagnostic
    from wfc.ir import Flow

PINS = ("==", "===", " @ ")
"""A version, or an address, of a package (PEP 508)."""


def find(flow: Flow) -> Iterator[Diagnostic]:
    """One finding for the packages of a call, one for its image."""
    for task, _ in placed_tasks(flow):
        for title, call in named_calls(task):
            if call.action not in ("shell", "python"):
                continue
            packages = call.op.packages if isinstance(call.op, ir.Python) else ()
            loose = [package for package in packages if not any(pin in package for pin in PINS)]
            if loose:
                yield CHECK.found(
                    f"{title} takes whatever version of {', '.join(f'`{package}`' for package in loose)} there is",
                    argument_span(call, "packages"),
                    why="A new release changes the flow, though nobody has touched it.",
                    help=f'name the version: `"{loose[0].partition("<")[0].partition(">")[0].strip()}==…"`',
                )
            image = getattr(call.op, "image", None)
            if isinstance(image, str) and image and not is_pinned(image):
                yield CHECK.found(
                    f"{title} runs in whatever image `{image}` is that day",
                    argument_span(call, "image"),
                    why="A new image changes the flow, though nobody has touched it.",
                    help="name a version as its tag, or its digest (`@sha256:…`)",
                )


def is_pinned(image: str) -> bool:
    """Has it a digest, or a tag other than `latest`? A colon before the last slash belongs to a registry's port."""
    if "@sha256:" in image:
        return True
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return bool(colon) and tag != "latest"


CHECK = Check("WF606", "unpinned", WARNING, __name__, find)
