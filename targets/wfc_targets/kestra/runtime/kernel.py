"""What a generated flow needs for calls over HTTP, typed results and SQL rows; standard library only."""

import decimal
import http.client
import json
import os
import shutil
import signal
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def outputs(**values):
    """Hand results to the engine."""
    print("::" + json.dumps({"outputs": values}) + "::")


def save(name, content):
    """Keep bytes, or the file of that path, as the output file `name`."""
    os.makedirs(".out", exist_ok=True)
    if isinstance(content, bytes):
        with open(f".out/{name}", "wb") as file:
            file.write(content)
    else:
        shutil.copyfile(content, f".out/{name}")


class Misfit(ValueError):
    """A value that does not fit its type."""


def typed(value, kind, at="value"):
    """The value, if it fits: int, float, str, bool, object; [T]; {"k": T}; {str: T}; {"a", "b"}; (T,) may be null."""
    if isinstance(kind, tuple):
        good = value is None or typed(value, kind[0], at) is value
    elif isinstance(kind, set):
        good = isinstance(value, str) and value in kind
    elif isinstance(kind, list):
        good = isinstance(value, list) and all(typed(v, kind[0], f"{at}[{i}]") is v for i, v in enumerate(value))
    elif isinstance(kind, dict) and str in kind:
        good = isinstance(value, dict) and all(typed(v, kind[str], f"{at}.{k}") is v for k, v in value.items())
    elif isinstance(kind, dict):
        good = isinstance(value, dict)
        good = good and all(typed(value.get(k), t, f"{at}.{k}") is value.get(k) for k, t in kind.items())
    else:
        good = kind is object or type(value) is kind or (kind is float and type(value) is int)
    if not good:
        raise Misfit(f"{at} does not fit: {json.dumps(value)[:200]}")
    return value


def parsed(body, kind):
    """The JSON value of a body, if it fits."""
    try:
        return typed(json.loads(body), kind)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Misfit(f"no JSON: {error}") from None


def plain(rows):
    """Rows of any driver as JSON values: a numeric is a float, a date or time its ISO text, bytes are refused."""
    return json.loads(json.dumps(rows, default=lambda x: float(x) if isinstance(x, decimal.Decimal) else x.isoformat()))


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a POST must not become a GET, a token not go to another host."""

    def redirect_request(self, *_):
        return None


def late(*_):
    raise TimeoutError("timed out")


def give_up(request, why):
    """Fail the task; a failed task keeps its outputs, and this one says why."""
    outputs(failure=why)
    sys.exit(f"{request.method} {request.full_url.partition('?')[0]}: {why}")


def prepared(method, url, query, headers, body):
    """The request. Only http and https, headers of printable ASCII: urllib would take more."""
    request = urllib.request.Request(url, body, headers, method=method)
    if not url.startswith(("http://", "https://")):
        give_up(request, "no http url")
    for name, text in headers.items():
        if not text or any(not " " <= char <= "~" for char in text):
            give_up(request, f"header {name} is empty or not printable ASCII")
    if query:
        request.full_url = url + ("&" if "?" in url else "?") + urllib.parse.urlencode(query)
    return request


def call(method, url, accept, query=None, headers=None, body=None, pauses=(), timeout=120, misfits=False):
    """One call; tried again after 408, 425, 429, 5xx, a lost connection and, with misfits, an answer refused by accept."""
    request = prepared(method, url, query, headers or {}, body)
    signal.signal(signal.SIGALRM, late)
    for number, pause in enumerate([*pauses, None], 1):
        final, after = False, ""
        signal.setitimer(signal.ITIMER_REAL, timeout)
        try:
            with urllib.request.build_opener(Stay).open(request) as answer:
                return accept(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            why = f"status {error.code}"
            final = error.code not in (408, 425, 429) and error.code < 500
            after = error.headers.get("Retry-After", "")
        except Misfit as error:
            why, final = str(error), not misfits
        except (OSError, http.client.HTTPException) as error:
            why = str(error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(f"attempt {number}: {why}", file=sys.stderr)
        if final or pause is None:
            give_up(request, why)
        time.sleep(min(int(after), 300) if after.isdecimal() else pause)


def ask(url, key, model, prompt, data, schema, kind, pauses=(), timeout=120):
    """A chat completion whose answer must fit {"value": kind}; a misfit is a failed attempt."""

    def accept(status, headers, body):
        choices = [{"message": {"content": (str,)}, "finish_reason": (str,)}]
        choice = parsed(body, {"choices": choices})["choices"][0]
        if choice["finish_reason"] == "length" or choice["message"]["content"] is None:
            raise Misfit("the answer was cut off or refused")
        return parsed(choice["message"]["content"], {"value": kind})["value"]

    wrapped = {"type": "object", "properties": {"value": schema}, "required": ["value"], "additionalProperties": False}
    text = prompt if data is None else prompt + "\n\n" + json.dumps(data)
    request = {
        "model": model,
        "temperature": 0,
        "messages": [{"role": "user", "content": text}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": wrapped},
        },
    }
    headers = {"Authorization": "Bearer " + key, "Content-Type": "application/json"}
    body = json.dumps(request).encode()
    address = url.rstrip("/") + "/chat/completions"
    return call("POST", address, accept, None, headers, body, pauses, timeout, misfits=True)
