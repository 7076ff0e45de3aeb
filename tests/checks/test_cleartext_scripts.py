"""curl in scripts that sends a secret of `env` in clear text, or to a server that nobody has asked who it is."""

from __future__ import annotations

import pytest

from checks.finding import codes


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('curl -fsS -H "Authorization: Bearer $K" http://api.example.com/me', True),
        ('curl -fsS -u "x:$K" http://api.example.com/me', True),
        ('curl -fsS \\\n      -H "Authorization: Bearer ${K}" \\\n      "http://api.example.com/me"', True),
        ('curl -fsS -H "Authorization: Bearer $K" https://api.example.com/me', False),
        ('curl -fsS -H "Authorization: Bearer $K" http://10.0.0.7/me', False),
        ('curl -fsS -H "Authorization: Bearer $K" http://shop.local/me', False),
        ('curl -fsS -H "Authorization: Bearer $K" http://shop:8080/me', False),
        ('curl -fsS -H "X-Day: $DAY" http://api.example.com/me', False),
        ('./login "$K"; curl -fsS http://api.example.com/me', False),
        ('curl -fsS http://api.example.com/me | ./load "$K"', False),
        ('# curl -H "Authorization: Bearer $K" http://api.example.com/me', False),
        ('curl -fsS -H "X: $K" https://a.example.com/?next=http-host', False),
        # TLS that asks nobody
        ('curl -fsSk -u "x:$K" https://api.example.com/me', True),
        ('curl -fsS --insecure -u "x:$K" https://api.example.com/me', True),
        ("curl -k https://api.example.com/me", False),
        ('curl -fsSk -u "x:$K" https://10.0.0.7/me', False),
        ('curl -fsS -u "x:$K" https://api.example.com/me', False),
        ('curl -o back -u "x:$K" https://api.example.com/me', False),
    ],
)
def test_curl(script: str, expected: bool) -> None:
    text = f"""flow f {{
  secret key
  input day: string
  defaults {{ timeout 1m }}
  task a = shell(\"\"\"
    {script}
  \"\"\", env: {{ K: key, DAY: day }})
}}
"""
    found = codes(text)
    assert ("WF605" in found) is expected
    assert not [code for code in found if code < "WF206"]
