"""Bodies of `python`, labelled before they were read by wfc: those that only compute, and those that reach outside.

The parameters of each are those of GIVEN. `COMPUTES` and `REACHES` are held against Python itself, which tells of every
file, process and socket (test_python_twice.py). What stands in `NOT_RUN` can't be tried: it asks a person or a
network, or its effect depends on what a function of another package does.
"""

from __future__ import annotations

GIVEN = {
    "rows": [{"id": 2, "price": 2.5, "name": "b"}, {"id": 1, "price": 4.0, "name": "a"}],
    "text": "Order 17, of 2026-11-21",
    "path": "out.txt",
    "day": "2026-11-21",
    "n": 3,
}
"""What every body is given; it runs in an empty directory."""

COMPUTES = (
    "return sum(row['price'] for row in rows)",
    "return len(rows)",
    "return {row['id']: row for row in rows}",
    "return sorted(rows, key=lambda row: row['price'], reverse=True)[:n]",
    "total = 0\nfor row in rows:\n    total += row['price']\nreturn round(total, 2)",
    "print(f'{len(rows)} rows')\nreturn len(rows)",
    "import json\nreturn json.dumps(rows, sort_keys=True)",
    "import json\nreturn json.loads('[1, 2]')",
    "from json import dumps as as_text\nreturn as_text(rows, default=str)",
    "import math\nreturn math.fsum(row['price'] for row in rows) / max(len(rows), 1)",
    "import re\nreturn re.sub(r'\\s+', ' ', text).strip()",
    "import re\nfound = re.search(r'Order (\\d+)', text)\nreturn int(found.group(1)) if found else None",
    "from datetime import date, timedelta\nreturn (date.fromisoformat(day) - timedelta(days=1)).isoformat()",
    "import datetime\nreturn datetime.datetime.now(datetime.timezone.utc).isoformat()",
    "import statistics\nreturn statistics.median(row['price'] for row in rows)",
    "import collections\ncount = collections.Counter(row['name'] for row in rows)\nreturn count.most_common(3)",
    "from collections import defaultdict\nby = defaultdict(list)\nfor row in rows:\n    by[row['name']].append(row)\n"
    "return dict(by)",
    "import itertools\nreturn list(itertools.chain.from_iterable([[1], [2]]))",
    "import functools, operator\nreturn functools.reduce(operator.mul, [1, 2, 3], 1)",
    "from decimal import Decimal, ROUND_HALF_UP\n"
    "return str(Decimal('1.005').quantize(Decimal('0.01'), rounding=ROUND_HALF_UP))",
    "from fractions import Fraction\nreturn str(Fraction(1, 3) + Fraction(1, 6))",
    "import textwrap\nreturn textwrap.dedent(text)",
    "import hashlib\nreturn hashlib.sha256(text.encode()).hexdigest()",
    "import base64\nreturn base64.b64encode(text.encode()).decode()",
    "import csv, io\nout = io.StringIO()\nwriter = csv.DictWriter(out, fieldnames=['id', 'name', 'price'])\n"
    "writer.writeheader()\nwriter.writerows(rows)\nreturn out.getvalue()",
    "import csv, io\nreturn list(csv.DictReader(io.StringIO('a,b\\n1,2\\n')))",
    "import unicodedata\nreturn unicodedata.normalize('NFKD', text).encode('ascii', 'ignore').decode()",
    "import urllib.parse\nreturn urllib.parse.quote(text)",
    "from urllib.parse import urlparse, parse_qs\nreturn parse_qs(urlparse('https://a/?x=1').query)",
    "import uuid\nreturn str(uuid.uuid5(uuid.NAMESPACE_URL, text))",
    "import hmac, hashlib\nreturn hmac.new(b'k', text.encode(), hashlib.sha256).hexdigest()",
    "def clean(name):\n    return name.strip().lower()\nreturn [clean(row['name']) for row in rows]",
    "if not rows:\n    raise ValueError('no rows of ' + day)\nassert all(row['id'] > 0 for row in rows), 'ids'\n"
    "return rows",
    "try:\n    return int(text)\nexcept (ValueError, TypeError) as error:\n    print('no number:', error)\n"
    "    return 0",
    "seen = set()\nunique = []\nfor row in rows:\n    if row['id'] not in seen:\n        seen.add(row['id'])\n"
    "        unique.append(row)\nreturn unique",
    "while n > 0:\n    n -= 1\nreturn n",
    "for row in rows:\n    row['gross'] = row['price'] * 1.19\n    row.pop('name', None)\nreturn rows",
    "a, *rest = rows\nreturn {**a, 'others': len(rest)}",
    "if (first := next(iter(rows), None)) is None:\n    return {}\nreturn first",
    "import functools\n@functools.lru_cache(maxsize=None)\ndef fib(i):\n"
    "    return i if i < 2 else fib(i - 1) + fib(i - 2)\n"
    "return fib(20)",
    "import sys\nprint('skipped', file=sys.stderr)\nreturn None",
    "import time\ntime.sleep(0.01)\nreturn round(time.time())",
    "import random\nreturn random.choice([1, 2, 3])",
    "from zoneinfo import ZoneInfo\nfrom datetime import datetime\nreturn datetime.now(ZoneInfo('UTC')).tzname()",
    "lines = ['| {} | {:.2f} |'.format(row['name'], row['price']) for row in rows]\nreturn '\\n'.join(lines)",
    "import copy\nother = copy.deepcopy(rows)\nother.reverse()\nreturn other",
    "def walk(value):\n    if isinstance(value, dict):\n        for one in value.values():\n"
    "            yield from walk(one)\n"
    "    else:\n        yield value\nreturn [str(one) for row in rows for one in walk(row)]",
    "try:\n    return rows[99]\nexcept IndexError as error:\n    return type(error).__name__",
    "import html\nreturn '<b>' + html.escape(text) + '</b>'",
    "import heapq\nreturn heapq.nlargest(1, [row['price'] for row in rows])",
)
"""They print, compute and return; twice leaves what once leaves."""

REACHES = (
    "open(path, 'a').write('x')",
    "with open(path, 'w') as out:\n    out.write(text)",
    "print(text, file=open(path, 'a'))",
    "import json\njson.dump(rows, open(path, 'w'))",
    "import functools\nfunctools.partial(open, path)('a').write('x')",
    "f = open\nf(path, 'a').write('x')",
    "[open(row['name'], 'w') for row in rows]\nreturn 1",
    "return f\"{open(path, 'a').write('x')}\"",
    "return (lambda name: open(name, 'a').write('x'))(path)",
    "return list(map(open, [path], ['w']))[0].write('x')",
    "__builtins__['open'](path, 'w') if isinstance(__builtins__, dict) else __builtins__.open(path, 'w')",
    "__import__('os').mkdir('made')",
    "getattr(__import__('o' + 's'), 'mk' + 'dir')('made')",
    "eval(\"open('out.txt', 'w')\")",
    "exec(\"open('out.txt', 'w').write('x')\")",
    "eval(compile(\"open('out.txt', 'w')\", 'x', 'eval'))",
    "globals()['__builtins__']['open'](path, 'w') if isinstance(globals()['__builtins__'], dict) else open(path, 'w')",
    "import os\nos.mkdir('made')",
    "from os import mkdir as note\nnote('made')",
    "import os as json\njson.mkdir('made')",
    "import os.path\nos.path.os.mkdir('made')",
    "import subprocess\nsubprocess.run(['touch', path], check=True)",
    "import pathlib\npathlib.Path(path).write_text(text)",
    "import shutil\nshutil.copy('/etc/hostname', path)",
    "import io\nio.open(path, 'w').write('x')",
    "import json\njson.codecs.open(path, 'w').write('x')",
    "from json import codecs\ncodecs.open(path, 'w').write('x')",
    "import json\nj = json\nj.codecs.open(path, 'w').write('x')",
    "import statistics\nstatistics.sys.modules['os'].mkdir('made')",
    "import json\nfor m in [json]:\n    m.codecs.open(path, 'w')",
    "import re\nre.copyreg.__builtins__['open'](path, 'w')",
    "class Note:\n    def __init__(self):\n        open(path, 'w')\nNote()",
    "class Note:\n    def __class_getitem__(cls, name):\n        return open(name, 'w')\nNote[path]",
    "@(lambda call: open(path, 'w'))\ndef out():\n    pass",
    "def note(call):\n    open(path, 'w')\n    return call\n@note\ndef work():\n    return 1\nreturn work()",
    "def note(name, how=open):\n    return how(name, 'w')\nnote(path)",
    "for c in ().__class__.__base__.__subclasses__():\n    if c.__name__ == '_wrap_close':\n"
    "        c.__init__.__globals__['mkdir']('made')",
    "import json\njson.dump = lambda value: open(path, 'w')\njson.dump(rows)",
    "import builtins\nbuiltins.sorted = lambda value: open(path, 'w')\nsorted(rows)",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    frame = error.__traceback__.tb_frame\n"
    "    frame.f_builtins['open'](path, 'w')",
    "def g():\n    yield\nit = g()\nit.gi_frame.f_builtins['open'](path, 'w')",
    "f = lambda: 0\n"
    "f.__globals__['__builtins__']['open'](path, 'w') if isinstance(f.__globals__['__builtins__'], dict) "
    "else open(path, 'w')",
    "import operator\noperator.attrgetter('__globals__')(lambda: 0)\n"
    "operator.methodcaller('mkdir', 'made')(__import__('os'))",
    "import functools\nfunctools.reduce(getattr, ['mkdir'], __import__('os'))('made')",
    "vars(__import__('os'))['mkdir']('made')",
    "import sqlite3\nsqlite3.connect('x.db').execute('create table t (a int)')",
    "import logging\nlogging.basicConfig(filename=path)\nlogging.error('x')",
    "import tempfile\ntempfile.NamedTemporaryFile(delete=False)",
    "import socket\nsocket.socket().bind(('127.0.0.1', 0))",
    "import urllib.parse\nurllib.parse.sys.modules['os'].mkdir('made')",
    "import os\nos.environ['PATH'] = ''\nos.system('true')",
    "import importlib\nimportlib.import_module('os').mkdir('made')",
    "def inner():\n    os = 1\n    return os\nos = __import__('os')\nos.mkdir('made')",
    "def inner():\n    open = print\n    return open\nopen(path, 'w')",
    "import pickle\npickle.loads(b\"cos\\nmkdir\\n(S'made'\\ntR.\")",
    "import zipfile\nzipfile.ZipFile(path, 'w').close()",
    "match {'a': 1}:\n    case dict(a=1) if open(path, 'w'):\n        return 1\n    case _:\n        open(path, 'w')",
    "import ctypes\nctypes.CDLL(None).mkdir(b'made', 0o777)",
    "import time\nwith open(path, 'a') as out:\n    print(time.time(), file=out)",
    "import csv\nwith open(path, 'w', newline='') as out:\n    csv.writer(out).writerow([1])",
)
"""They write a file, make a directory, run a program or open a socket; some hide it."""

NOT_RUN = (
    "return input('how many? ')",
    "import requests\nrequests.post('https://a.example.com', json=rows)",
    "import urllib.request\nreturn urllib.request.urlopen('https://a.example.com').read().decode()",
    "from urllib import request\nrequest.urlopen('https://a.example.com', data=b'x')",
    "import smtplib\nsmtplib.SMTP('mail.example.com').sendmail('a@b', ['c@d'], text)",
    "import boto3\nboto3.client('s3').put_object(Bucket='b', Key='k', Body=text)",
    "import pandas\npandas.DataFrame(rows).to_csv('out.csv')",
    "import time\ntime.clock_settime(time.CLOCK_REALTIME, 0)",
    "import os\nos.kill(os.getppid(), 9)",
    "import threading\nthreading.Thread(target=print).start()",
    "async def send():\n    return 1\nreturn 1",
    "global rows\nreturn 1",
    "breakpoint()",
    "exit(0)",
    "return os.listdir('.')",
    "import json\nsetattr(json, 'dumps', print)",
    "import decimal\ndecimal.getcontext().prec = 3\nreturn 1",
    "import uuid\nreturn str(uuid.uuid1())",
    "x = 1\ropen('f', 'a').write('x')",
    "x = 1\n\fopen('f', 'a').write('x')",
)
"""The text alone does not say that these do nothing outside."""
