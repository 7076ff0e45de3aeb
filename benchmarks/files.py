"""1,000 files of about 60 lines, cold and by what was kept, against zizmor and actionlint on the workflows they make.

`python benchmarks/files.py [FILES] [ROUNDS]` prints Markdown. Each flow is compiled to GitHub Actions; the linters read
those workflows, whole folders in one command, offline. The programs are run in turns: CPU time, and beside it the time
that passed. actionlint comes from `make engines`; what is not there is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from measure import child_seconds

sys.path.append(str(Path(__file__).parents[1] / "tests"))

import wfc_targets
from engines.cache import Missing
from engines.github.install import go_tool
from wfc.pipeline import compile_flow, load_texts

FLOW = """\
# Nightly copy number {i}.

flow copy_{i} {{
  \"\"\"Fetches what changed, stores it and tells the team.\"\"\"
  on schedule("{minute} {hour} * * *", timezone: "UTC")
  input day: date = run.date - 1d
  input regions: list<string> = ["eu", "us"]
  secret api_key, hook_url
  concurrency 1 queue
  budget {{ time 5h }}
  defaults {{
    retry exponential(attempts: 4, first: 2s, max: 1m)
    timeout 5m
  }}

  task index = http.get(
    url: "https://api-{i}.example.com/v1/index",
    query: {{ day: "{{day}}" }},
    auth: bearer(api_key),
  ) -> {{ total: int, pages: list<string> }}

  if index.body.total == 0 {{
    task nothing = shell("echo nothing on $DAY", env: {{ DAY: "{{day}}" }}) no retry timeout 1m
  }} else {{
    task prepare = shell(\"\"\"
      set -euo pipefail
      mkdir -p "out/$DAY"
      printf 'day,%s\\n' "$DAY" > "out/$DAY/head.csv"
      echo "rows=3" >> "$WFC_OUTPUT"
    \"\"\", env: {{ DAY: "{{day}}" }}) -> {{ rows: int }} no retry timeout 10m

    for region in regions max 2 {{
      task push = http.put(
        url: "https://store-{i}.example.com/{{region}}/{{day}}",
        json: {{ day: day, total: index.body.total }},
        auth: bearer(api_key),
      )
        retry exponential(attempts: 4, first: 2s, max: 1m)
        timeout 2m
    }}
  }}

  parallel {{
    task left = http.get(url: "https://left-{i}.example.com/health")
      timeout 1m
    task right = http.get(url: "https://right-{i}.example.com/health")
      timeout 1m
    task both = http.get(url: "https://both-{i}.example.com/health")
      timeout 1m after left, right
  }}

  on failure {{
    task tell = slack.post(url: hook_url, text: "Copy {i} failed: {{failure.message}}")
  }}
}}
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        flows, workflows = Path(folder, "flows"), Path(folder, "repository", ".github", "workflows")
        flows.mkdir()
        workflows.mkdir(parents=True)
        size = make(count, flows, workflows)
        print(f"{count:,} flows of {size[0]} lines, {count:,} workflows of {size[1]}", end="\n\n")
        changing = Path(shutil.copytree(flows, Path(folder, "changing")))
        measure(commands(flows, changing, workflows, Path(folder, "kept")), rounds)


def make(count: int, flows: Path, workflows: Path) -> tuple[int, int]:
    """Write the flows and the workflows that they compile to; gives the lines of one of each."""
    github = wfc_targets.load("github")
    for i in range(count):
        text = FLOW.format(i=i, minute=i % 60, hour=i // 60 % 24)
        (flows / f"copy_{i}.wf").write_text(text, "utf-8")
        loaded = load_texts([("copy.wf", text)])
        result = compile_flow(loaded.project, loaded.project.flows[0], github)
        if loaded.diagnostics or not result.artifacts:
            sys.exit((*loaded.diagnostics, *result.diagnostics)[0].message)
        (made,) = (item for item in result.artifacts if item.path.endswith((".yml", ".yaml")))
        (workflows / f"copy_{i}.yml").write_text(made.text, "utf-8")
    return text.count("\n"), made.text.count("\n")


def commands(flows: Path, changing: Path, workflows: Path, kept: Path) -> dict[str, list[str]]:
    """Name → command, our own cold one first; the warm ones keep findings in a folder each."""
    check = [sys.executable, "-c", "from wfc.cli import program; program()", "check", str(flows)]
    found = {
        "`wfc check`, cold": [*check, "--no-cache"],
        "`wfc check`, cold, kept": ["sh", "-c", f'rm -rf "{kept}/1"; WFC_CACHE="{kept}/1" "$@"', "sh", *check],
        "`wfc check`, nothing changed": ["env", f"WFC_CACHE={kept}/2", *check],
        "`wfc check`, one file changed": [
            *("sh", "-c", f'echo "# more" >> "{changing}/copy_7.wf"; WFC_CACHE="{kept}/3" "$@"', "sh"),
            *(*check[:-1], str(changing)),
        ],
        "zizmor": [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-exit-codes", str(workflows)],
    }
    try:
        found["actionlint, without shellcheck"] = [
            str(go_tool("actionlint")),
            *("-oneline", "-no-color", "-shellcheck=", "-pyflakes="),
            *map(str, sorted(workflows.iterdir())),
        ]
    except Missing as missing:
        print(f"actionlint is left out: {missing}", file=sys.stderr)
    return found


def measure(found: dict[str, list[str]], rounds: int) -> None:
    """Run the commands in turns, a first time for the caches, and print the medians and their ratios to the first."""
    environment = {**os.environ, "WFC_CACHE": os.devnull}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    cpu: dict[str, list[float]] = {name: [] for name in found}
    passed: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(rounds + 1):
        for name, command in found.items():
            start = time.perf_counter()
            seconds = child_seconds(command, environment)
            if turn:
                cpu[name].append(seconds)
                passed[name].append(time.perf_counter() - start)
    base = next(iter(found))
    print("| command | CPU s | x | s passed | x |\n|---|---:|---:|---:|---:|")
    for name in found:
        cells = [(median(times[name]), median(times[name]) / median(times[base])) for times in (cpu, passed)]
        print(f"| {name} | " + " | ".join(f"{value:.2f} | {ratio:.2f}" for value, ratio in cells) + " |")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error.cmd[0]} failed: {error.stderr.decode('utf-8', 'replace')[-500:]}")
