"""Which expressions Pebble computes, in which words, and that all others become Python."""

import pytest

from targets.kestra.flows import document, tasks

HEAD = """
  input n: int
  input m: int
  input x: float
  input s: string
  input t: string?
  input day: date
  input words: list<string>
  input rows: list<{ id: string, n: int, ok: bool }>
"""


def condition(expression: str) -> str:
    flow = f'flow f {{ {HEAD} if {expression} {{ task a = shell("true") }} }}'
    found = tasks(document(flow))
    text: str = found["if_a"]["condition"]
    if "if_a_calc" in found:
        assert text == "{{ outputs.if_a_calc.vars.then }}"
        return "python: " + str(found["if_a_calc"]["script"]).rstrip().rpartition('"then": ')[2].partition("}})")[0]
    return text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("n < 10", "{{ inputs.n < 10 }}"),
        ('s == "it\'s"', r"{{ inputs.s == 'it\'s' }}"),
        ("not (n == 1)", "{{ not (inputs.n == 1) }}"),
        ("n > 1 and x >= 0.8", "{{ (inputs.n > 1) and (inputs.x >= 0.8) }}"),
        ('(t ?? "none") == "a"', "{{ (inputs.t ?? 'none') == 'a' }}"),
        ("t == null", "{{ (inputs.t ?? null) == null }}"),
        ("len(words) == 0", "{{ (inputs.words | length) == 0 }}"),
        ('"a" in words', "{{ inputs.words contains 'a' }}"),
        ('starts_with(s, "a")', "{{ inputs.s | startsWith('a') }}"),
        ("n + m > 3", "{{ ([inputs.n, inputs.m] | jq('.[0] + .[1]') | first) > 3 }}"),
        ('words[0] == "a"', "{{ inputs.words[0] == 'a' }}"),
        (
            '"a" in [row.id for row in rows if row.ok and row.n > 1]',
            "{{ (inputs.rows | jq('map(select((.ok and (.n > 1)))) | map(.id)') | first) contains 'a' }}",
        ),
    ],
)
def test_native(expression: str, text: str) -> None:
    assert condition(expression) == text


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("n / 2 > 3.4", 'args["n"] / 2 > 3.4'),
        ("n % 3 == 1", 'args["n"] % 3 == 1'),
        ('s < "b"', 'args["s"] < "b"'),
        ("len(s) > 2", 'len(args["s"]) > 2'),
        ('words[-1] == "a"', 'args["words"][-1] == "a"'),
        (r's == "a\\b"', r'args["s"] == "a\\b"'),
        ("day.year == 2026", 'int(args["day"][:4]) == 2026'),
    ],
)
def test_computed(expression: str, code: str) -> None:
    assert condition(expression) == f"python: {code}"


def test_a_text_of_references_is_a_template_and_literal_braces_stay() -> None:
    flow = 'flow f { input day: date fail "orders of {day}: {{{{ no" }'
    found = tasks(document(flow))
    (task,) = found.values()
    assert task["errorMessage"] == "orders of {{ inputs.day }}: {{ '{{' }} no"


def test_the_text_of_a_float_is_computed() -> None:
    found = tasks(document('flow f { input x: float task a = shell("true", env: { X: x }) }'))
    assert '"X": text(float(args["x"]))' in found["a_calc"]["script"]
    assert found["a"]["inputFiles"][".env/X"] == "={{ outputs.a_calc.vars.X }}"


def test_an_optional_value_is_read_as_null() -> None:
    found = tasks(document('flow f { input t: string? task a = python("""return t""", args: { t: t }) -> string? }'))
    assert found["a"]["inputFiles"]["args.json"] == "{{ {'t': (inputs.t ?? null)} | toJson }}"
    assert 'a(t=args.get("t"))' in found["a"]["script"]
