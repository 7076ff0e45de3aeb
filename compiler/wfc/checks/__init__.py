"""One module for each code: its docstring is the page that `wfc explain` shows and that the tests run."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc.check import Check, ProjectCheck

PAGES = {
    "WF001": "syntax",
    "WF002": "allow_without_reason",
    "WF003": "unused_allow",
    "WF004": "unknown_rule",
    "WF101": "cycle",
    "WF102": "unknown_name",
    "WF103": "duplicate_name",
    "WF109": "dead_task",
    "WF201": "type_mismatch",
    "WF202": "bad_argument",
    "WF203": "nullable_as_value",
    "WF205": "non_exhaustive_match",
    "WF206": "unused_input",
    "WF207": "bad_literal",
    "WF209": "misplaced",
    "WF210": "no_result_type",
    "WF211": "no_text",
    "WF301": "missing_retry",
    "WF302": "missing_timeout",
    "WF303": "retry_not_idempotent",
    "WF305": "retry_no_cap",
    "WF313": "wait_forever",
    "WF402": "effect_contradicted",
    "WF403": "unstable_key",
    "WF404": "constant_key",
    "WF405": "key_per_item",
    "WF501": "no_failure_path",
    "WF503": "undo_unsafe",
    "WF601": "script_injection",
    "WF603": "hardcoded_secret",
    "WF604": "secret_exposed",
    "WF706": "approval_waits",
    "WF801": "overlap_unset",
    "WF802": "cron_never",
    "WF901": "flow_cycle",
    "WF951": "unsupported_by_target",
    "WF952": "lossy_on_target",
    "WF953": "illegal_name",
}
"""The module of each code; those of parser, resolver and targets have a page and no check."""


def all_checks() -> tuple[Check | ProjectCheck, ...]:
    """Every check, in order of code."""
    from wfc.checks import (
        allow_without_reason,
        approval_waits,
        bad_literal,
        constant_key,
        cron_never,
        dead_task,
        effect_contradicted,
        flow_cycle,
        hardcoded_secret,
        key_per_item,
        missing_retry,
        missing_timeout,
        no_failure_path,
        overlap_unset,
        retry_no_cap,
        retry_not_idempotent,
        script_injection,
        secret_exposed,
        undo_unsafe,
        unknown_rule,
        unstable_key,
        unused_input,
        wait_forever,
    )

    return (
        allow_without_reason.CHECK,
        unknown_rule.CHECK,
        dead_task.CHECK,
        unused_input.CHECK,
        bad_literal.CHECK,
        missing_retry.CHECK,
        missing_timeout.CHECK,
        retry_not_idempotent.CHECK,
        retry_no_cap.CHECK,
        wait_forever.CHECK,
        effect_contradicted.CHECK,
        unstable_key.CHECK,
        constant_key.CHECK,
        key_per_item.CHECK,
        no_failure_path.CHECK,
        undo_unsafe.CHECK,
        script_injection.CHECK,
        hardcoded_secret.CHECK,
        secret_exposed.CHECK,
        approval_waits.CHECK,
        overlap_unset.CHECK,
        cron_never.CHECK,
        flow_cycle.CHECK,
    )
