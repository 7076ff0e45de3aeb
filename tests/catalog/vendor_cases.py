"""The requests and answers of all vendors but GitHub, from their documentation (the `source` of each action)."""

from __future__ import annotations

from catalog.case import Case

TASK = {
    "id": "6X7rM8997g3RQmvh",
    "content": "Buy milk",
    "description": "",
    "project_id": "6Jf8VQXxpwv56VQ7",
    "section_id": None,
    "labels": ["food"],
    "priority": 1,
    "due": {"date": "2026-01-15", "string": "15 Jan", "lang": "en", "is_recurring": False},
    "checked": False,
}
TODO = {"token": "t0ken"}
TODOIST = [
    Case(
        "todoist.list",
        {**TODO, "project": "6Jf8"},
        "GET",
        "/tasks",
        None,
        {"results": [TASK], "next_cursor": None},
        [TASK],
        {"project_id": "6Jf8", "limit": "200"},
    ),
    Case(
        "todoist.filter",
        {**TODO, "query": "##App & @release", "cursor": "c1"},
        "GET",
        "/tasks/filter",
        None,
        {"results": [TASK], "next_cursor": None},
        [TASK],
        {"query": "##App & @release", "limit": "200", "cursor": "c1"},
    ),
    Case("todoist.get", {**TODO, "id": "6X7r"}, "GET", "/tasks/6X7r", None, TASK, TASK),
    Case(
        "todoist.create",
        {**TODO, "content": "Buy milk", "priority": 4, "labels": ["food"], "due": "tomorrow at 12"},
        "POST",
        "/tasks",
        {"content": "Buy milk", "priority": 4, "labels": ["food"], "due_string": "tomorrow at 12"},
        TASK,
        TASK,
    ),
    Case("todoist.close", {**TODO, "id": "6X7r"}, "POST", "/tasks/6X7r/close", status=204),
    Case("todoist.reopen", {**TODO, "id": "6X7r"}, "POST", "/tasks/6X7r/reopen", status=204),
    Case(
        "todoist.comment",
        {**TODO, "id": "6X7r", "text": "Need one bottle"},
        "POST",
        "/comments",
        {"task_id": "6X7r", "content": "Need one bottle"},
        {"id": "2992679862", "content": "Need one bottle"},
        {"id": "2992679862", "content": "Need one bottle"},
    ),
    Case(
        "todoist.list_projects",
        TODO,
        "GET",
        "/projects",
        None,
        {"results": [{"id": "6Jf8", "name": "App"}], "next_cursor": None},
        [{"id": "6Jf8", "name": "App"}],
        {"limit": "200"},
    ),
]

POST = {
    "id": "553c3ef8b8cdcd1501ba1238",
    "title": "Bulk edit",
    "details": "It would be nice",
    "status": "open",
    "score": 1,
    "commentCount": 27,
    "created": "2017-12-11T17:13:50.123Z",
    "url": "https://acme.canny.io/admin/board/feature-requests/p/bulk-edit",
}
CANNY = [
    Case(
        "canny.list",
        {"key": "k", "board": "b1", "status": "open,planned"},
        "POST",
        "/posts/list",
        {"apiKey": "k", "boardID": "b1", "status": "open,planned", "limit": 100, "skip": 0},
        {"hasMore": False, "posts": [POST]},
        [POST],
    ),
    Case("canny.get", {"key": "k", "id": "p1"}, "POST", "/posts/retrieve", {"apiKey": "k", "id": "p1"}, POST, POST),
    Case(
        "canny.change_status",
        {"key": "k", "post": "p1", "changer": "u1", "status": "complete", "notify": True},
        "POST",
        "/posts/change_status",
        {"apiKey": "k", "postID": "p1", "changerID": "u1", "status": "complete", "shouldNotifyVoters": True},
    ),
    Case(
        "canny.comment",
        {"key": "k", "post": "p1", "author": "u1", "text": "Shipped"},
        "POST",
        "/comments/create",
        {
            "apiKey": "k",
            "postID": "p1",
            "authorID": "u1",
            "value": "Shipped",
            "internal": False,
            "shouldNotifyVoters": False,
        },
        {"id": "c1"},
        {"id": "c1"},
    ),
    Case(
        "canny.create",
        {"key": "k", "board": "b1", "author": "u1", "title": "T", "details": "D"},
        "POST",
        "/posts/create",
        {"apiKey": "k", "boardID": "b1", "authorID": "u1", "title": "T", "details": "D"},
        {"id": "p2"},
        {"id": "p2"},
    ),
]

SENT = {"ok": True, "channel": "C123ABC456", "ts": "1503435956.000247"}
SLACK = [
    Case(
        "slack.send",
        {"token": "xoxb", "channel": "#ops", "text": "hi", "thread": "1.2"},
        "POST",
        "/chat.postMessage",
        {"channel": "#ops", "text": "hi", "thread_ts": "1.2"},
        SENT,
        SENT,
    ),
    Case(
        "slack.update",
        {"token": "xoxb", "channel": "C123ABC456", "ts": "1503435956.000247", "text": "done"},
        "POST",
        "/chat.update",
        {"channel": "C123ABC456", "ts": "1503435956.000247", "text": "done"},
        SENT,
        SENT,
    ),
]

ENQUEUED = {"status": "success", "message": "Event processed", "dedup_key": "web-cpu"}
EVENT = {"routing_key": "r0uting", "key": "web-cpu"}
PAGERDUTY = [
    Case(
        "pagerduty.trigger",
        {**EVENT, "summary": "CPU is high", "severity": "critical", "source": "web-1", "details": {"load": 9.5}},
        "POST",
        "/v2/enqueue",
        {
            "routing_key": "r0uting",
            "event_action": "trigger",
            "dedup_key": "web-cpu",
            "payload": {
                "summary": "CPU is high",
                "severity": "critical",
                "source": "web-1",
                "custom_details": {"load": 9.5},
            },
        },
        ENQUEUED,
        ENQUEUED,
        status=202,
    ),
    Case(
        "pagerduty.acknowledge",
        EVENT,
        "POST",
        "/v2/enqueue",
        {"routing_key": "r0uting", "event_action": "acknowledge", "dedup_key": "web-cpu"},
        ENQUEUED,
        status=202,
    ),
    Case(
        "pagerduty.resolve",
        EVENT,
        "POST",
        "/v2/enqueue",
        {"routing_key": "r0uting", "event_action": "resolve", "dedup_key": "web-cpu"},
        ENQUEUED,
        status=202,
    ),
]

SAMPLE = {"metric": {"__name__": "up", "job": "prometheus"}, "value": [1435781451.781, "1"]}
PROMETHEUS = [
    Case(
        "prometheus.query",
        {"query": 'up{job="prometheus"}'},
        "GET",
        "/api/v1/query",
        None,
        {"status": "success", "data": {"resultType": "vector", "result": [SAMPLE]}},
        [SAMPLE],
        {"query": 'up{job="prometheus"}'},
    ),
]

PAYMENT = {
    "id": "pi_1",
    "amount": 2000,
    "currency": "eur",
    "status": "succeeded",
    "description": None,
    "created": 1680800504,
}
REFUND = {"id": "re_1", "amount": 1000, "status": "succeeded"}
STRIPE = [
    Case(
        "stripe.create_payment",
        {"key": "sk", "amount": 2000, "currency": "eur", "customer": "cus_1", "payment_method": "pm_1"},
        "POST",
        "/v1/payment_intents",
        {
            "amount": "2000",
            "currency": "eur",
            "customer": "cus_1",
            "payment_method": "pm_1",
            "confirm": "true",
            "off_session": "true",
        },
        PAYMENT,
        PAYMENT,
        form=True,
    ),
    Case(
        "stripe.refund",
        {"key": "sk", "payment": "pi_1", "amount": 1000, "reason": "duplicate"},
        "POST",
        "/v1/refunds",
        {"payment_intent": "pi_1", "amount": "1000", "reason": "duplicate"},
        REFUND,
        REFUND,
        form=True,
    ),
    Case(
        "stripe.list_payments",
        {"key": "sk", "customer": "cus_1", "limit": 3},
        "GET",
        "/v1/payment_intents",
        None,
        {"object": "list", "data": [PAYMENT], "has_more": False},
        [PAYMENT],
        {"customer": "cus_1", "limit": "3"},
    ),
]

TICKET = {
    "id": 35436,
    "subject": "Help, my printer is on fire!",
    "description": "The fire is very colorful.",
    "status": "open",
    "priority": "high",
    "type": None,
    "tags": ["enterprise"],
    "requester_id": 20978392,
    "assignee_id": None,
    "group_id": 98738,
    "created_at": "2009-07-20T22:55:29Z",
    "updated_at": "2011-05-05T10:38:52Z",
}
DESK = {"token": "t0ken"}
ZENDESK = [
    Case("zendesk.get_ticket", {**DESK, "id": 35436}, "GET", "/api/v2/tickets/35436", None, {"ticket": TICKET}, TICKET),
    Case(
        "zendesk.create_ticket",
        {**DESK, "subject": "Printer", "body": "On fire", "priority": "urgent"},
        "POST",
        "/api/v2/tickets",
        {"ticket": {"subject": "Printer", "comment": {"body": "On fire"}, "priority": "urgent", "tags": []}},
        {"ticket": TICKET},
        TICKET,
        status=201,
    ),
    Case(
        "zendesk.update_ticket",
        {**DESK, "id": 35436, "status": "pending", "group": 98738},
        "PUT",
        "/api/v2/tickets/35436",
        {"ticket": {"status": "pending", "group_id": 98738}},
        {"ticket": TICKET},
    ),
    Case(
        "zendesk.reply",
        {**DESK, "id": 35436, "body": "On our way", "status": "solved"},
        "PUT",
        "/api/v2/tickets/35436",
        {"ticket": {"comment": {"body": "On our way", "public": True}, "status": "solved"}},
        {"ticket": TICKET},
    ),
]

CASES = [*TODOIST, *CANNY, *SLACK, *PAGERDUTY, *PROMETHEUS, *STRIPE, *ZENDESK]
