"""A seed → a folder of two to four flows that have to do with each other, damaged, and what it was before."""

from __future__ import annotations

from random import Random

from fuzz.mutations import MUTATIONS, SAME_SHAPE, parts, seeds, tokens_of

NAMES = ("load", "report", "tidy", "stock")
TRIGGERS = (
    "",
    'on schedule("0 5 * * *", timezone: "UTC")',
    'on schedule("10 5 * * *", timezone: "UTC")',
    'on schedule("30 2 * * *", timezone: "Europe/Berlin")',
    "on flow({other})",
    'on webhook(path: "{thing}", secret: "db") as event',
)
HEADS = (
    "",
    "concurrency 1 skip",
    "budget {{ attempts 9 time 1h }}",
    "defaults {{ timeout 10m retry exponential(attempts: 3, first: 2s, max: 30s) }}",
    'defaults {{ allow WF904 "both write the same" allow WF901 "it ends by itself" }}',
    "input day: {type} = 1",
    "output rows: {type} = 1",
)
TASKS = (
    "task {task} = flow.run({other}) retry fixed(attempts: 3, every: 10s)",
    "task {task} = flow.run({other}, inputs: {{ day: 2 }}) timeout 1h",
    "for one in [1, 2] {{ task {task} = flow.run({other}, inputs: {{ day: one }}) }}",
    'task {task} = http.put(url: "https://a.example.com/{thing}", json: {{ n: 1 }}) timeout 20m',
    'task {task} = http.get(url: "https://a.example.com/{thing}") timeout 1m retry fixed(attempts: 2, every: 1s)',
    'task {task} = s3.put(bucket: "b", key: "{thing}", content: "x")',
    'task {task} = s3.get(bucket: "b", key: "{thing}")',
    'task {task} = sql.execute(url: db, sql: "insert into {thing} select * from {other}") timeout 5m',
    'task {task} = sql.execute(url: db, sql: "delete from {thing}") idempotent',
    'task {task} = shell("psql -c \'update {thing} set n = n + 1\' && rm -rf $D/x", env: {{ D: "/" }})',
    'task {task} = python("import os\\nreturn [n + 1 for n in (1, 2)]") -> list<int>',
    "task {task} = acme.{thing}(rows: {other}.rows)",
    'allow WF302 "short" task {task} = sleep(1m)',
)
DEFINITIONS = (
    "type Rows = {type}\n",
    'action acme.{thing}(rows: {type}) {{ effect safe run shell("./load") }}\n',
    "action acme.{thing}(rows: Rows) {{ run flow.run({other}) }}\n",
)


def flow(random: Random, name: str) -> str:
    """A flow that runs, follows or shares things with the others of its folder, or with one that is not there."""

    def one(choices: tuple[str, ...]) -> str:
        return random.choice(choices).format(
            other=random.choice((*NAMES, "lod")),
            thing=random.choice(("orders", "prices")),
            type=random.choice(("int", "string", "Rows")),
            task=random.choice("abcd"),
        )

    lines = [one(TRIGGERS), one(HEADS), one(HEADS), "secret db", *(one(TASKS) for _ in range(random.randint(1, 4)))]
    defined = one(DEFINITIONS) if random.random() < 0.2 else ""
    return defined + f"flow {name} {{\n" + "".join(f"  {line}\n" for line in lines if line) + "}\n"


def damaged(random: Random, text: str) -> str:
    """A text after a mutation, most often one that keeps its shape; as it is when there is nothing left to damage."""
    if len(tokens_of(text)) < 2 or len(parts(text)) < 2:
        return text
    return random.choice(random.choice((SAME_SHAPE, SAME_SHAPE, MUTATIONS)))(random, text)


def folder(seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """Path → text of a folder, and of the same one after a change of one or two of its files, or of their number.

    One in ten has a whole flow of the repository beside the small ones.
    """
    random = Random(f"folder {seed}")
    files = {f"{name}.wf": flow(random, name) for name in NAMES[: random.randint(2, 4)]}
    if random.random() < 0.1:
        files["whole.wf"] = random.choice(seeds())
    for path in random.sample(sorted(files), random.randint(0, 2)):
        files[path] = damaged(random, files[path])
    changed = dict(files)
    for path in random.sample(sorted(files), random.randint(1, 2)):
        match random.choice(("damage", "damage", "damage", "anew", "gone", "copy", "line")):
            case "anew":
                changed[path] = flow(random, random.choice(NAMES))
            case "gone" if len(changed) > 2:
                del changed[path]
            case "copy":
                changed[f"more/{path}"] = files[path]
            case "line":
                changed[path] = f"# moved\n{files[path]}"
            case _:
                changed[path] = damaged(random, files[path])
    return files, changed
