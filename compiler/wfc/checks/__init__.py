"""One module for each code: its docstring is the page that `wfc explain` shows and that the tests run."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.check import Check, ProjectCheck

CODES = (
    ("WF001", "syntax", "", ""),
    ("WF002", "allow_without_reason", "draft", "allows"),
    ("WF003", "unused_allow", "", ""),
    ("WF004", "unknown_rule", "draft", "allows"),
    ("WF005", "unreadable", "", ""),
    ("WF101", "cycle", "", ""),
    ("WF102", "unknown_name", "", ""),
    ("WF103", "duplicate_name", "", ""),
    ("WF104", "unreachable_task", "draft", "Fail Stop"),
    ("WF105", "constant_condition", "draft", ""),
    ("WF109", "dead_task", "draft", ""),
    ("WF110", "redundant_after", "production", ""),
    ("WF111", "parallel_write", "recommended", "Parallel For"),
    ("WF201", "type_mismatch", "", ""),
    ("WF202", "bad_argument", "", ""),
    ("WF203", "nullable_as_value", "", ""),
    ("WF205", "non_exhaustive_match", "", ""),
    ("WF206", "unused_input", "recommended", ""),
    ("WF207", "bad_literal", "draft", ""),
    ("WF208", "sql_parameter", "draft", "Sql"),
    ("WF209", "misplaced", "", ""),
    ("WF210", "no_result_type", "", ""),
    ("WF211", "no_text", "", ""),
    ("WF212", "python_syntax", "draft", "Python"),
    ("WF213", "shell_syntax", "draft", "Shell"),
    ("WF301", "missing_retry", "recommended", ""),
    ("WF302", "missing_timeout", "recommended", ""),
    ("WF303", "retry_not_idempotent", "draft", "retry until holds"),
    ("WF304", "retry_no_backoff", "recommended", "retry"),
    ("WF305", "retry_no_cap", "recommended", "retry"),
    ("WF309", "retry_amplification", "recommended", "RunFlow Shell"),
    ("WF310", "deadline_overrun", "production", "budget"),
    ("WF311", "timeout_inversion", "draft", "budget"),
    ("WF312", "schedule_backlog", "production", "schedule"),
    ("WF313", "wait_forever", "recommended", "until"),
    ("WF314", "key_outlived", "recommended", "idempotent"),
    ("WF315", "budget_unproved", "recommended", "budget"),
    ("WF316", "flow_retried", "draft", "RunFlow"),
    ("WF401", "unknown_effect", "production", "Shell Python Sql"),
    ("WF402", "effect_contradicted", "draft", "idempotent Sql Shell"),
    ("WF403", "unstable_key", "draft", "idempotent"),
    ("WF404", "constant_key", "draft", "idempotent"),
    ("WF405", "key_per_item", "draft", "idempotent"),
    ("WF406", "sql_plain_insert", "recommended", "Sql Shell"),
    ("WF407", "sql_relative_update", "recommended", "Sql Shell"),
    ("WF408", "sql_ddl_unguarded", "recommended", "Sql"),
    ("WF409", "sql_unfiltered_write", "recommended", "Sql"),
    ("WF411", "shell_not_rerunnable", "production", "Shell"),
    ("WF412", "dangerous_removal", "draft", "Shell"),
    ("WF413", "shell_hides_failure", "recommended", "Shell"),
    ("WF414", "wall_clock", "production", "Sql"),
    ("WF415", "crash_repeats", "production", ""),
    ("WF416", "destructive_command", "recommended", "Shell"),
    ("WF417", "sql_outside_transaction", "draft", "Sql"),
    ("WF418", "key_of_run", "recommended", "idempotent"),
    ("WF419", "curl_hides_status", "recommended", "Shell"),
    ("WF501", "no_failure_path", "recommended", ""),
    ("WF502", "no_undo", "production", ""),
    ("WF503", "undo_unsafe", "recommended", "undo"),
    ("WF504", "undo_reads_missing", "draft", "undo"),
    ("WF505", "swallowed_error", "recommended", "Try"),
    ("WF507", "handler_same_fate", "production", ""),
    ("WF508", "failure_unheard", "production", ""),
    ("WF601", "script_injection", "draft", "Shell Python"),
    ("WF603", "hardcoded_secret", "draft", ""),
    ("WF604", "secret_exposed", "draft", ""),
    ("WF605", "secret_cleartext", "draft", "Http Shell"),
    ("WF606", "unpinned", "recommended", "Shell Python"),
    (
        "WF608",
        "untrusted_trigger",
        "recommended",
        "webhook alert github.pull_request github.issues github.issue_comment gitlab.merge_request",
    ),
    ("WF609", "remote_script", "recommended", "Shell"),
    ("WF610", "open_webhook", "production", "webhook alert"),
    ("WF611", "untrusted_host", "recommended", "Http"),
    ("WF701", "ai_unbounded", "recommended", "Llm"),
    ("WF702", "ai_untyped", "recommended", "Llm"),
    ("WF703", "ai_to_sink", "recommended", "Llm"),
    ("WF704", "ai_trifecta", "recommended", "Llm"),
    ("WF705", "ai_decides", "recommended", "Llm"),
    ("WF706", "approval_waits", "recommended", "Approve"),
    ("WF707", "gate_bypassed", "recommended", "Approve"),
    ("WF709", "model_floating", "production", "Llm"),
    ("WF711", "untrusted_prompt", "recommended", "Llm"),
    ("WF801", "overlap_unset", "recommended", "schedule"),
    ("WF802", "cron_never", "draft", "schedule"),
    ("WF804", "dst_hole", "recommended", "schedule"),
    ("WF805", "wide_fanout", "production", "For"),
    ("WF807", "same_minute", "production", "schedule"),
    ("WF901", "flow_cycle", "draft", "RunFlow flow"),
    ("WF904", "two_writers", "recommended", "flows"),
    ("WF905", "consumer_too_early", "recommended", "flows"),
    ("WF951", "unsupported_by_target", "", ""),
    ("WF952", "lossy_on_target", "", ""),
    ("WF953", "illegal_name", "", ""),
)
"""Every code, in order: (code, module, first preset, what must be there), the one place where a check is listed.

The first preset that its check belongs to is "" for codes of parser, resolver and targets, which have a page and no
check. What must be there for a check to find anything are names of `wfc.check.constructs`, one of which is enough; ""
for any flow. Both are known here so that a check which is not asked for, or has nothing to look at, need not be
imported: all of them are a tenth of a cold start (docs/benchmarks.md).
"""

PAGES = {code: module for code, module, _, _ in CODES}
"""The module of each code."""

CHECKS = {code: (preset, needs) for code, _, preset, needs in CODES if preset}
"""Code of each check, in order → the first preset that it belongs to, and what must be there for a finding."""


def all_checks() -> tuple[Check | ProjectCheck, ...]:
    """Every check, in order of code."""
    return tuple(map(check, CHECKS))


def check(code: str) -> Check | ProjectCheck:
    """The check of a code. Raises KeyError for a code without one."""
    module = __import__(f"wfc.checks.{PAGES[code]}", fromlist=["CHECK"])
    found: Check | ProjectCheck = module.CHECK
    return found
