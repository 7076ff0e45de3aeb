"""Can what a call does be taken back? By the author, the catalog, the request, the script and the SQL, in this order.

What nobody says anything of counts as reversible: rules about approvals and models tell of what is certain.
"""

from __future__ import annotations

from wfc import ir
from wfc.checks.common import is_hole, is_message, work
from wfc.checks.resources import shape
from wfc.patterns import ready

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from wfc.ir import Call

MONEY = (
    # https://docs.stripe.com/api/refunds/create, …/charges/create, …/payment_intents/confirm, …/payouts, …/transfers
    (
        "api.stripe.com",
        ready(r"/v1/(?:(?:refunds|charges|payouts|transfers)|(?:charges|payment_intents)/[^/]+/(?:capture|confirm))$"),
    ),
    # https://developer.paypal.com/docs/api/payments/v2/#captures_refund, …/payments.payouts-batch/v1/, …/orders/v2/
    (
        "api-m.paypal.com",
        ready(r"/(?:v2/payments/captures/[^/]+/refund|v1/payments/payouts|v2/checkout/orders/[^/]+/capture)$"),
    ),
    # https://developer.squareup.com/reference/square/refunds-api/refund-payment, …/payments-api/create-payment
    ("connect.squareup.com", ready(r"/v2/(?:refunds|payments)$")),
    # https://docs.mollie.com/reference/create-refund
    ("api.mollie.com", ready(r"/v2/payments/[^/]+/refunds$")),
    # https://developer.gocardless.com/api-reference/#refunds-create-a-refund, #payments-create-a-payment
    ("api.gocardless.com", ready(r"/(?:refunds|payments|payouts)$")),
    # https://docs.wise.com/api-docs/api-reference/transfer#fund
    ("api.wise.com", ready(r"/v[1-3]/profiles/[^/]+/transfers/[^/]+/payments$")),
)
"""Host and path of the POST requests that move money, of services whose own documentation says so."""

FUNCTIONS = frozenset(
    (
        *("requests.delete", "httpx.delete"),
        *(f"stripe.{kind}.create" for kind in ("Refund", "Charge", "Payout", "Transfer", "PaymentIntent")),
    )
)
METHODS = frozenset(
    ("delete_object", "delete_objects", "delete_bucket", "terminate_instances", "delete_db_instance", "delete_table")
)
"""Calls of Python packages that do the same: docs.stripe.com/api, boto3.amazonaws.com, requests.readthedocs.io."""

HINTS = ("delete", "create", "terminate_instances", "post")
"""Python code without one of these need not be read."""


def irreversible(call: Call) -> str:
    """What a call does that can't be taken back, in a few words (`` `http.delete` ``); "" for all else.

    The author's `effect` comes first. Messages to people are left out, and what the resolver could not understand.
    """
    if is_hole(call) or is_message(call):
        return ""
    if not call.effect.reversible:
        return work(call)
    if call.effect.source == "task":
        return ""
    match call.op:
        case ir.Http(method="POST", url=url):
            return work(call) if moves_money(shape(url) or "") else ""
        case ir.Shell(script=script) if call.action == "shell":
            return next(script_calls(script), "")
        case ir.Python(body=body) if call.action == "python":
            return next(python_calls(body), "")
        case ir.Sql(mode="execute", sql=sql):
            from wfc.embedded.sql_parts import removed

            return work(call) if removed(sql) else ""
        case _:
            return ""


def moves_money(url: str) -> bool:
    """Is a POST to this address one of MONEY?"""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    path = slash + path.partition("?")[0].rstrip("/")
    return scheme == "https" and any(host == name and pattern.match(path) for name, pattern in MONEY)


def script_calls(script: str) -> Iterator[str]:
    """The calls of a bash script whose effect stays, as the author wrote them."""
    from wfc.embedded.shell import lasting

    return (one.reason.what for one in lasting(script) if not one.urls or any(moves_money(url) for url in one.urls))


def python_calls(body: str) -> Iterator[str]:
    """The calls of FUNCTIONS and METHODS in Python code, then a POST to one of MONEY; none where it is no Python."""
    if not any(hint in body for hint in HINTS):
        return
    from wfc.checks.python_taint import calls_and_texts

    names, texts = calls_and_texts(body)
    for name in names:
        method = name.rpartition(".")[2]
        if name in FUNCTIONS or ("." in name and method in METHODS):
            yield f"`{name if name in FUNCTIONS else method}`"
    if any(name.endswith(".post") for name in names) and any(map(moves_money, texts)):
        yield "the Python code"
