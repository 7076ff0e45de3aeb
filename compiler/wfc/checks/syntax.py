"""syntax: the text is not in the language

## What it finds
A word, sign or name that can't stand where it stands, with what could. Each mistake is told once, and what comes
after it is read all the same; typical slips (another language's words, a missing brace) are named as such.

## Why
docs/language.md has the grammar; nothing that is not in it is guessed at.

## Bad
```wf
flow hello {
  task greet = shell("echo hello") timeout 1m retry 3
}
```

## Good
```wf
flow hello {
  task greet = shell("echo hello") timeout 1m
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF001", "syntax", ERROR, __name__)
