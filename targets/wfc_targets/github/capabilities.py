"""What GitHub Actions can do with each construct."""

from __future__ import annotations

from wfc.target import Option

CAPABILITIES = ()
OPTIONS = (
    Option("runs_on", "string", "The runner of all jobs.", "ubuntu-24.04"),
    Option("environment", "string", "The environment whose secrets and rules the jobs use."),
    Option(
        "parallel",
        "string",
        "Are branches and items jobs of their own, or steps of one job?",
        "jobs",
        ("jobs", "steps"),
    ),
)
