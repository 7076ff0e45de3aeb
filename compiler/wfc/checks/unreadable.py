"""unreadable: a file that can't be read as a text, so nothing in it is checked

## What it finds
A `.wf` file that is binary, not UTF-8, larger than 16 MB, a pipe, a link to nothing or to itself, or that may not be
read; a folder that may not be listed; a dumped flow (`.json`) that is none. The other files are checked, and the exit
code is 2. What they use and no file has, an action or a flow, may stand in the one that was not read: it is not
told of.

## Why
One odd file, made by an editor or a backup, shall neither hide what is wrong with all others nor go unseen.

## Bad
```sh
printf 'flow caf\\351 { }' > menu.wf; wfc check
```

## Good
```sh
printf 'flow menu { }' > menu.wf; wfc check
```
"""

from __future__ import annotations

from wfc.check import Page
from wfc.diagnostic import ERROR

PAGE = Page("WF005", "unreadable", ERROR, __name__)
