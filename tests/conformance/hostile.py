# ruff: noqa: E501  (tables of values, as many to a line as can be read)
"""Values that go wrong wherever a value becomes code, is rendered twice, is read as something else, or loses bytes.

None of them comes from a run: they are written from what shells, template languages, SQL, YAML, JSON and the engines'
own formats treat specially. PWNED stands for the path of a file that nothing may create.
"""

from __future__ import annotations

PWNED = "@PWNED@"
TOUCH = f"touch {PWNED}"

SHELL = [
    f"$({TOUCH})", f"`{TOUCH}`", f"; {TOUCH}", f"| {TOUCH}", f"& {TOUCH} &", f"&& {TOUCH}", f"|| {TOUCH}",
    f"'; {TOUCH}; '", f'"; {TOUCH}; "', f"\n{TOUCH}\n", f"\r\n{TOUCH}\r\n", f">({TOUCH})", f"<({TOUCH})",
    f"${{IFS}}{TOUCH}", f"$((a[$({TOUCH})]))", f"a[$({TOUCH})]", f"x=$({TOUCH})", f"() {{ :; }}; {TOUCH}",
    f"$'\\x24({TOUCH})'", f"\\$({TOUCH})", f"\\\\$({TOUCH})", f"'$({TOUCH})'", f"\"$({TOUCH})\"", f"$\"$({TOUCH})\"",
    f"!{TOUCH}", f"~ {TOUCH}", f"{{{TOUCH},{TOUCH}}}", f"EOF\n{TOUCH}\nEOF", f"END_OF_V\n{TOUCH}", f"SH\n{TOUCH}\nSH",
    f"PY\nopen('{PWNED}', 'w')\nPY", f"${{V0@P}}$({TOUCH})", f"${{!V0}}$({TOUCH})", f"#$({TOUCH})", f"$({TOUCH}",
    "$HOME", "${HOME}", "$PATH", "$$", "$?", "$#", "$@", "$*", "$0", "~", "~root", "*", "?", "[a-z]*", "{a,b}",
    "!!", "!$", "\\", "\\\\", "\\n", "\\0", "\\x41", "\\u0041", "'", '"', "`", "''", '""', "'\"'\"'", "it's", 'say "hi"',
]  # fmt: skip
"""For shells."""

TEMPLATES = [
    "{{ 7*7 }}", "{{7*7}}", "{{ '7'*7 }}", "{{ secret('PG_URL') }}", "{{ envs.path }}", "{{ inputs.url }}",
    "{{ outputs }}", "{{ kv('a') }}", "{{ read('a') }}", "{{ render(vars.a) }}", "{{ fileURI }}", "{{ vars }}",
    "{% raw %}", "{% endraw %}", "{% raw %}{{ 7*7 }}{% endraw %}", "{% for i in 1..9 %}x{% endfor %}", "{# gone #}",
    "{{", "}}", "{{{", "}}}", "{%", "%}", "{#", "#}", "{{ '{{' }}", "{{{{ 7*7 }}}}", "{ {7*7} }", "{7*7}", "{v}", "{}",
    "{0}", "{{ params.v }}", "{{ conn.pg.password }}", "{{ var.value.a }}", "{{ ds }}", "{{ ''.__class__.__mro__ }}",
    "{{ macros.os.system('id') }}", "{{ ti.xcom_pull('a') }}", "${{ github.token }}", "${{ secrets.A }}", "${{ env.PATH }}",
    "${{ 1 + }}", "${{", "${{ '}}' }}", "$ {{ github.token }}", "${{ toJSON(github) }}", "#{7*7}", "#{url}", "<%= 7*7 %>",
    "${7*7}", "${jndi:ldap://127.0.0.1/a}", "%s", "%d", "%n", "%(a)s", "%%", "%s%d\\n", "%{a}", "%TEMP%", "%00", "%0a", "%2e%2e",
    "::set-output name=a::b", "::error::no", "::add-mask::a", "::stop-commands::x", "::{\"outputs\":{\"a\":1}}::",
    "##[error]no", "##vso[task.setvariable variable=a]b", "name=value", "a<<EOF\nb\nEOF", "WFC_OUTPUT", "v=1\nw=2",
]  # fmt: skip
"""For template languages and the formats in which engines hand on values."""

QUERIES = [
    "'); drop table h; --", "' or '1'='1", "'; delete from h; --", "1; drop table h", "/* comment */", "-- comment",
    ":v1", "%(v1)s", "$1", "?", "\\'; drop table h; --", "E'\\x41'", "$$a$$", "nextval('a')", "a::int", "''''",
    "null", "NULL", "Null", "None", "nil", "undefined", "NaN", "inf", "-Infinity", "true", "True", "false", "yes", "no",
    "on", "off", "y", "n", "0", "-0", "1", "007", "0x1f", "0o17", "0b1", "1e3", "1_000", "1.0", ".5", "1.", "+1", "1:30",
    "9007199254740993", "2026-03-01", "2026-03-01T00:00:00Z", "12:30:45", "=1+1", "@a", "@/etc/passwd", "file:///etc/passwd",
    "[]", "[1, 2]", "{\"a\": 1}", "{\"__type\": \"x\", \"__var\": 1}", "\"quoted\"", "[", "{", "]", "}", ",", ":", "- a",
    "a: b", "a:\n  - b", "? a", "| a", "> a", "&a", "*a", "!!python/object/apply:os.system [id]", "!tag", "---", "...",
    "# comment", "a # comment", "key: \"value", "<<: *a", "\t", "a\tb", "@", "`", "%YAML 1.2",
]  # fmt: skip
"""For SQL, and texts that YAML, JSON or a loose reader take for something else than a text."""

BYTES = [
    "", " ", "  both ends  ", "\n", "\n\n", "a\n", "\na", "a\nb", "a\r\nb", "a\rb", "\r", "\r\n", "trailing\n\n\n", "\ttab\t",
    "a\u00a0b", "\u00a0", "\u2028", "\u2029", "\u0085", "\ufeff", "\ufeffbom", "\u200b", "\u202eright to left", "e\u0301", "\u00e9",
    "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u4f60\u597d", "\u0430\u0431\u0432", "\u05d0\u05d1", "\u00df", "\u0130", "\u0131",
    "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b[31mred\x1b[0m", "\x1f", "\x7f", "\x80", "\x9f", "\ufffd", "\uffff",
    "\U0010fffd", "a\\\nb", "\\", "a\\", "-", "--", "-rf", "--help", "-n", "-e x", "--data=@/etc/passwd", "/", "//", ".", "..",
    "../../etc/passwd", "C:\\a\\b", "a b", "a  b", "con", "x" * 4000, "\u00e9" * 2000, "a\n" * 500, "'" * 300, "\\" * 301, "{{" * 100,
]  # fmt: skip
"""Spaces, line ends, control characters, other scripts, options, paths, long ones."""

VALUES = tuple(dict.fromkeys([*SHELL, *TEMPLATES, *QUERIES, *BYTES]))
