"""no-result-type: a result without a type, or with two

## What it finds
`sql.query`, `llm.classify` or `llm.extract` without `->`; `->` behind an action that already says what it gives.

## Why
Rows and answers are checked against the type before anything reads them: what does not fit fails there, and not three
tasks later.

## Bad
```wf
flow triage {
  input text: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task kind = llm.classify(prompt: "What is it?", data: { text: text })
  output answer: json = kind
}
```

## Good
```wf
flow triage {
  input text: string
  defaults { timeout 1m retry exponential(attempts: 3, first: 2s, max: 30s) }
  task kind = llm.classify(prompt: "What is it?", data: { text: text }) -> "bug" | "billing"
  output answer: string = kind
}
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF210", "no-result-type", ERROR, __name__)
