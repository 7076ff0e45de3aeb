"""`test` blocks: what is given makes the world, what is expected is compared, and a failure says what happened."""

from __future__ import annotations

import pytest

from wfc.pipeline import has_errors, load_texts
from wfc.simulate import TestResult, account, run_tests

SAGA = """
flow order {
  input amount: int
  task reserve = http.post(url: "https://shop.example/reserve") -> { id: string }
    undo http.delete(url: "https://shop.example/reserve/{reserve.body.id}")
  task charge = http.post(url: "https://pay.example/charge", json: { amount: amount })
    retry fixed(attempts: 3, every: 1s) idempotent by "order"
  if amount > 100 { approve big = "Really?" -> { note: string? } timeout 1h }
  for n in [1, 2] { task ship = shell("ship", env: { N: n }) }
  on failure { task tell = shell("tell", env: { TASK: failure.task }) }
  output id: string = reserve.body.id
  TESTS
}
"""


def results(tests: str, text: str = SAGA) -> list[TestResult]:
    """The results of test blocks in the saga."""
    loaded = load_texts([("order.wf", text.replace("TESTS", tests))])
    assert not has_errors(loaded.diagnostics), loaded.diagnostics
    return run_tests(loaded.project, loaded.project.flows[0])


def messages(body: str) -> list[str]:
    """What does not hold in one test."""
    return [failure.message for failure in results(f'test "t" {{ {body} }}')[0].failures]


@pytest.mark.parametrize(
    "body",
    [
        "expect flow succeeded expect ship succeeded expect charge attempts 1 expect reserve before charge",
        'given reserve returns { status: 201, headers: {}, body: { id: "7" } } expect flow returns { id: "7" }',
        "given charge fails 402 expect flow failed expect charge attempts 1 expect undo reserve succeeded",
        "given charge fails 402 expect ship not_run expect tell succeeded expect undo reserve before tell",
        "given charge fails 503 times 2 expect charge attempts 3 expect charge succeeded expect tell not_run",
        "given charge fails 503 expect charge attempts 3 expect flow failed",
        'given ship[1] fails 7 expect ship[0] succeeded expect ship[1] failed',
        "given input amount is 200 given big rejected expect big failed expect flow failed",
        "given input amount is 200 given big approved expect big succeeded expect big before ship",
        "expect big skipped",
        "given charge fails times 1 given charge takes 5s expect charge attempts 2",
        "given undo reserve fails given charge fails 402 expect undo reserve failed expect tell succeeded",
    ],
)  # fmt: skip
def test_holds(body: str) -> None:
    assert messages(body) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("expect flow failed", "the flow succeeded, expected failed"),
        (
            "given charge fails 402 expect flow succeeded",
            "the flow failed, expected succeeded: charge failed (status 402)",
        ),
        ("given charge fails 503 times 1 expect charge attempts 1", "charge had 2 attempts, expected 1"),
        ("given ship[1] fails 7 expect ship succeeded", "ship[1] was failed, expected succeeded (exit code 7)"),
        ("given charge fails 402 expect ship succeeded", "ship was not run, expected succeeded"),
        ("given charge fails 402 expect ship attempts 1", "ship was not run, expected 1 attempts"),
        ("expect undo reserve succeeded", "undo reserve was not run, expected succeeded"),
        ("expect charge before reserve", "reserve started before charge had ended"),
        ("expect tell before charge", "tell was not run, so tell could not end before charge"),
        ("given charge fails 402 expect reserve before ship", "ship was not run, so reserve could not end before ship"),
        ('expect flow returns { id: "7" }', "the flow returned {'id': ''}, expected {'id': '7'}"),
        ("given undo charge fails", "`undo charge` makes no call whose end could be given"),
        (
            "given reserve returns { status: 200, headers: {}, body: { id: 7 } }",
            "`reserve` cannot return this: value.body.id does not fit: 7",
        ),
        ("expect for_n succeeded", "`for_n` is a block; expect something of a task in it"),
    ],
)  # fmt: skip
def test_says_what_does_not_hold(body: str, message: str) -> None:
    assert messages(body) == [message]


def test_results_have_titles_places_and_an_account() -> None:
    found = results('test "one" { given charge fails 402 } test "two" { expect flow failed }')
    assert [(result.title, result.passed) for result in found] == [("one", True), ("two", False)]
    start = found[1].failures[0].span.start
    whole = SAGA.replace("TESTS", 'test "one" { given charge fails 402 } test "two" { expect flow failed }')
    assert whole[start:].startswith("expect flow failed")
    assert account(found[0].trace).splitlines() == [
        "reserve succeeded",
        "charge failed: status 402",
        "undo reserve succeeded",
        "tell succeeded",
        "the flow failed",
    ]


def test_events_and_configs() -> None:
    text = """
    flow f {
      on webhook(path: "x") as event
      config base: string
      input who: string = event.headers.who ?? "nobody"
      task a = shell("x", env: { WHO: who, BASE: base }) when base != "" and who == "me"
      TESTS
    }
    """
    given = 'given input event is { body: {}, headers: { who: "me" } } given input base is "b"'
    found = results(f'test "t" {{ {given} expect a succeeded }} test "u" {{ expect a skipped }}', text)
    assert [result.failures for result in found] == [(), ()]


def test_a_fallback_that_stood_in_is_told() -> None:
    text = 'flow f { task a = shell("x") fallback shell("y") TESTS }'
    found = results('test "t" { given a fails 1 expect a succeeded expect fallback a succeeded }', text)
    assert [str(failure) for failure in found[0].failures] == [
        "a was failed, expected succeeded (exit code 1); its fallback stood in: `expect fallback a succeeded`"
    ]


def test_a_config_that_nobody_gives_is_an_address() -> None:
    text = 'flow f { config shop: string task a = http.get(url: "{shop}/x") TESTS }'
    assert results('test "t" { expect a succeeded }', text)[0].passed
