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

PYTHON = ready(
    r"\b(?:requests|httpx)\.delete\("
    r"|\bstripe\.(?:Refund|Charge|Payout|Transfer|PaymentIntent)\.create\("
    r"|\.(?:delete_objects?|delete_bucket|terminate_instances|delete_db_instance|delete_table)\("
)
"""Calls of Python packages that do the same: docs.stripe.com/api, boto3.amazonaws.com, requests.readthedocs.io."""

URL = ready(r"https://[^\s\"'\\]+")


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
            return next(lasting(script), "")
        case ir.Python(body=body) if call.action == "python":
            return python_call(body)
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


def lasting(script: str) -> Iterator[str]:
    """The calls of a bash script whose effect stays, as the author wrote them."""
    from wfc.embedded.shell import lasting as taken

    return (one.reason.what for one in taken(script) if not one.urls or any(moves_money(url) for url in one.urls))


def python_call(body: str) -> str:
    """The first call of PYTHON, or the first POST to one of MONEY, in Python code."""
    from wfc.checks.scripts import lines, unquoted

    text = "\n".join(lines(body))
    found = PYTHON.search(unquoted(text))
    if found:
        return f"`{found[0].strip('.(')}`"
    posts = ".post(" in text and any(moves_money(url) for url in URL.findall(text))
    return "the Python code" if posts else ""
