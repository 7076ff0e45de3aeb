"""Proves the GitHub fixture: hand-written workflows with known traces, and a finding for each validator to make."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.engine import RunFailed, TimedOut
from engines.github.engine import GitHub
from engines.world import Reply, World

HEAD = """name: probe
on:
  workflow_dispatch:
    inputs:
      v:
        type: string
permissions: {}
concurrency:
  group: "probe-${{ github.ref }}"
  cancel-in-progress: false
defaults:
  run:
    shell: bash -euo pipefail {0}
jobs:
"""
JOB = """  main:
    name: main
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
"""
PATH = ".github/workflows/probe.yml"


def workflow(steps: str, jobs: str = "") -> dict[str, str]:
    """One workflow with one job of these steps, and more jobs."""
    return {PATH: HEAD + JOB + steps + jobs}


SEQUENCE = """      - name: a
        id: a
        run: |
          echo "n=7" >> "$GITHUB_OUTPUT"
      - name: b
        id: b
        env:
          N: ${{ steps.a.outputs.n }}
        run: |
          echo "m=$((N + 1))" >> "$GITHUB_OUTPUT"
"""


def test_sequence_hands_a_value_on(github: GitHub) -> None:
    assert github.validate(workflow(SEQUENCE)) == []
    run = github.run(workflow(SEQUENCE), "probe", {})
    assert (run.state, run.states()) == ("success", {"a": ["success"], "b": ["success"]})
    assert run.one("b").outputs == {"m": "8"}
    assert run.before("a", "b")


def test_failure_skips_what_follows(github: GitHub) -> None:
    steps = """      - name: a
        id: a
        run: exit 3
      - name: b
        id: b
        run: echo b
      - name: h
        id: h
        if: ${{ failure() }}
        run: echo h
"""
    after = """  after:
    name: after
    needs: [main]
    runs-on: ubuntu-24.04
    steps:
      - name: z
        id: z
        run: echo z
"""
    run = github.run(workflow(steps, after), "probe", {})
    assert run.state == "failure"
    assert run.states() == {"a": ["failure"], "b": ["skipped"], "h": ["success"]}
    assert run.one("b").attempts == 0
    assert {job.id: job.state for job in run.executions} == {"main": "failure", "after": "skipped"}


def test_warnings_under_the_name_of_a_step_count_as_attempts(github: GitHub) -> None:
    loop = """      - name: {name}
        id: {name}
        run: |
          for pause in 0 0 stop; do
            echo x >> "$RUNNER_TEMP/{name}"
            [ "$(wc -l < "$RUNNER_TEMP/{name}")" -ge {good} ] && exit 0
            echo "::warning title={name}::attempt failed"
            [ "$pause" = stop ] || sleep "$pause"
          done
          exit 1
"""
    run = github.run(workflow(loop.format(name="b", good=3) + loop.format(name="c", good=9)), "probe", {})
    assert [(t.state, t.attempts) for t in run.tasks] == [("success", 3), ("failure", 3)]


BAD = {
    "actionlint": ("      - run: echo ${{ steps.none.outputs.x }}\n", 'property "none" is not defined'),
    "shellcheck": ("      - run: |\n          echo $HOME/*.txt | grep $1\n", "SC2086"),
    "zizmor": ("      - name: a\n        run: echo ${{ inputs.v }}\n", "template-injection"),
    "language service": ("      - name: a\n        run: echo a\n        with: {x: 1}\n", "github: "),
    "act": ("      - nome: a\n", "act: "),
}


@pytest.mark.parametrize("tool", BAD)
def test_bad_files_are_refused(github: GitHub, tool: str) -> None:
    steps, text = BAD[tool]
    assert [line for line in github.validate(workflow(steps)) if text in line]


def test_github_itself_warns_of_a_reference_to_nothing(github: GitHub) -> None:
    found = github.validate(
        workflow("      - name: a\n        env: {X: '${{ steps.none.outputs.x }}'}\n        run: echo a\n")
    )
    assert [line for line in found if line.startswith("github: ") and "Context access might be invalid" in line]


def test_output_of_a_called_workflow_is_known(github: GitHub) -> None:
    child = """name: child
on:
  workflow_call:
    outputs:
      m:
        description: m
        value: ${{ jobs.work.outputs.m }}
permissions: {}
concurrency:
  group: "child-${{ github.ref }}"
  cancel-in-progress: false
jobs:
  work:
    name: work
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    outputs:
      m: ${{ steps.double.outputs.m }}
    steps:
      - name: double
        id: double
        run: |
          echo "m=4" >> "$GITHUB_OUTPUT"
"""
    parent = (
        HEAD
        + """  call:
    name: call
    uses: ./.github/workflows/child.yml # zizmor: ignore[self-repository] act and actionlint know no $/
  z:
    name: z
    needs: [call]
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - name: z
        id: z
        env:
          M: ${{ needs.call.outputs.m }}
        run: |
          echo "seen=$M" >> "$GITHUB_OUTPUT"
"""
    )
    files = {PATH: parent, ".github/workflows/child.yml": child}
    assert github.validate(files) == []
    run = github.run(files, "probe", {})
    assert (run.state, run.one("double").state, run.one("z").outputs) == ("success", "success", {"seen": "4"})


@pytest.mark.parametrize(
    "value",
    ["$(touch pwned) '\"`;", "${{ github.token }} {{ 7*7 }}", "a\r\nb\tc\n\n", "hé \U0001f600", "", "x" * 60_000],
)
def test_hostile_input_passes_byte_for_byte(github: GitHub, tmp_path: Path, value: str) -> None:
    steps = """      - name: a
        id: a
        env:
          V: ${{ inputs.v }}
        run: |
          printf %s "$V" > "$SEEN"
"""
    assert github.run(workflow(steps), "probe", {"v": value}, env={"SEEN": f"{tmp_path}/seen"}).state == "success"
    assert (tmp_path / "seen").read_bytes() == value.encode()


def test_secrets_are_masked(github: GitHub, tmp_path: Path) -> None:
    steps = """      - name: a
        id: a
        env:
          TOKEN: ${{ secrets.TOKEN }}
        run: |
          echo "token is $TOKEN"
          printf %s "$TOKEN" > "$SEEN"
"""
    run = github.run(workflow(steps), "probe", {}, secrets={"TOKEN": "s3cr3t"}, env={"SEEN": f"{tmp_path}/seen"})
    assert (tmp_path / "seen").read_text() == "s3cr3t"
    assert run.one("a").messages == ("token is ***",)


MATRIX = """  each:
    name: each ${{ matrix.i.v }}
    needs: [main]
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    strategy:
      fail-fast: false
      matrix:
        i: [{i: 0, v: x}, {i: 1, v: y}]
    steps:
      - name: t
        id: t
        env:
          V: ${{ matrix.i.v }}
          I: ${{ matrix.i.i }}
        run: |
          echo "$V" > "$RUNNER_TEMP/t-$I.txt"
      - name: upload
        uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: t-${{ matrix.i.i }}
          path: ${{ runner.temp }}/t-${{ matrix.i.i }}.txt
  after:
    name: after
    needs: [each]
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - name: download
        uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with:
          pattern: t-*
          merge-multiple: true
          path: ${{ runner.temp }}/t
      - name: z
        id: z
        run: |
          echo "all=$(cat "$RUNNER_TEMP"/t/t-0.txt "$RUNNER_TEMP"/t/t-1.txt | paste -sd ' ')" >> "$GITHUB_OUTPUT"
"""


def test_matrix_legs_have_their_index_and_artifacts_travel(github: GitHub) -> None:
    files = workflow("      - name: a\n        id: a\n        run: echo a\n", MATRIX)
    assert github.validate(files) == []
    run = github.run(files, "probe", {})
    assert run.state == "success", run.log
    assert [task.index for task in run.all("t")] == [(0,), (1,)]
    assert run.one("z").outputs == {"all": "x y"}


CURL = """      - name: a
        id: a
        env:
          URL: ${{ inputs.v }}
        run: |
          body=$(curl -sS "$URL")
          echo "body=$body" >> "$GITHUB_OUTPUT"
"""


def test_only_a_run_that_names_the_loopback_reaches_it(github: GitHub, world: World) -> None:
    url = world.script("/x", Reply(body="hello"))
    assert github.run(workflow(CURL), "probe", {"v": url}).one("a").outputs == {"body": "hello"}
    cut = github.run(workflow(CURL), "probe", {"v": url}, network=False)
    assert (cut.state, world.count("/x")) == ("failure", 1)


def test_a_run_that_does_not_end_is_cut(github: GitHub) -> None:
    with pytest.raises(TimedOut) as cut:
        github.run(workflow("      - name: a\n        id: a\n        run: sleep 3037\n"), "probe", {}, timeout=4)
    assert cut.value.run is not None
    assert cut.value.run.one("a").state == "running"


def test_a_file_that_is_no_workflow_does_not_start(github: GitHub) -> None:
    with pytest.raises(RunFailed):
        github.run({PATH: "name: x\non: {workflow_dispatch: }\njobs: {a: {stops: []}}\n"}, "probe", {})
