"""`on file(…)` → inputs of the flow, and a flow `X_watch` that looks every minute and starts it for each new file.

Kestra's core watches no folders. What was seen stands in the key-value store, under the id of the watching flow: a list
of digests of name, time and size. An entry is written once the execution is there, so each file starts one at least.
"""

from __future__ import annotations

from wfc.python_text import python_literal
from wfc_targets.kestra import compute, model, pebble
from wfc_targets.kestra.unit import script_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wfc import ir
    from wfc_targets.kestra.unit import Unit

FOLDER = "/data"
"""Where relative patterns start unless the option `folder` says so."""
LOOK = """
os.makedirs("new")
seen, new, paths = [], [], {}
for path in sorted(glob.glob(PATTERN, root_dir=FOLDER, recursive=True)):
    found = os.path.join(FOLDER, path)
    if not os.path.isfile(found):
        continue
    about = os.stat(found)
    # a file that changed a moment ago may still be written
    if time.time() - about.st_mtime < 2:
        continue
    key = hashlib.sha256(f"{path}:{about.st_mtime_ns}:{about.st_size}".encode()).hexdigest()
    if key in args["seen"]:
        seen.append(key)
    else:
        new.append(key)
        paths[key] = path
        shutil.copyfile(found, f"new/{key}")
print("::" + json.dumps({"outputs": {"seen": seen, "new": new, "paths": paths}}) + "::")
"""


def file_triggers(unit: Unit) -> tuple[ir.Trigger, ...]:
    """The file triggers of a flow."""
    return () if unit.part else tuple(trigger for trigger in unit.flow.triggers if trigger.kind == "file")


def event_inputs(unit: Unit) -> tuple[model.FlowInput, ...]:
    """The inputs in which a watching flow hands over the file; needed unless something else starts the flow too."""
    required = None if all(trigger.kind == "file" for trigger in unit.flow.triggers) else False
    return tuple(
        model.FlowInput(id=f"{trigger.alias or 'file'}_{name}", type=kind, required=required)
        for trigger in file_triggers(unit)
        for name, kind in (("path", "STRING"), ("file", "FILE"))
    )


def watchers(unit: Unit) -> list[model.EngineFlow]:
    """A flow for each file trigger: `X_watch`, `X_watch_2` …"""
    made = []
    for number, trigger in enumerate(file_triggers(unit), 1):
        made.append(_watcher(unit, trigger, f"{unit.flow.name}_watch" + (f"_{number}" if number > 1 else "")))
        if unit.options.get("runner") != "process":
            unit.lossy(
                f"files are looked for where scripts run: in containers that see `{_folder(unit)}` only as a volume",
                trigger.span,
                "Kestra's core watches no folders, so a script looks every minute",
                'mount the folder into the containers of scripts, or `target kestra { runner: "process" }`',
            )
    return made


def _folder(unit: Unit) -> str:
    return str(unit.options.get("folder") or FOLDER)


def _watcher(unit: Unit, trigger: ir.Trigger, name: str) -> model.EngineFlow:
    pattern = str(dict(trigger.args)["path"])
    operands = compute.Operands(unit.places, ())
    operands.add(f"(kv({pebble.string(name)}, errorOnMissing=false) ?? [])", "seen")
    constants = f"PATTERN = {python_literal(pattern)}\nFOLDER = {python_literal(_folder(unit))}\n"
    modules = ("glob", "hashlib", "json", "os", "shutil", "time")
    imports = tuple(f"import {module}" for module in modules)
    look = script_task(unit, "look", constants + LOOK, operands, imports=imports, output_files=("new/*",))
    return model.EngineFlow(
        id=name,
        namespace=unit.project.namespace,
        description=f"Starts {unit.flow.name} for each new file {pebble.raw(pattern)}.",
        concurrency=model.EngineConcurrency(1, "CANCEL"),
        triggers=(model.Schedule(id="every_minute", cron="* * * * *"),),
        tasks=(look, _start(unit, trigger, name)),
    )


def _start(unit: Unit, trigger: ir.Trigger, name: str) -> model.EngineTask:
    """One execution a file, and then its entry, so that a loop that is cut forgets no file."""
    old = unit.version == "1.3"
    key, index = ("taskrun.value", "taskrun.iteration") if old else ("item.value", "item.index")
    alias = trigger.alias or "file"
    start = model.Subflow(
        id="start",
        flow_id=unit.flow.name,
        inputs={
            f"{alias}_path": pebble.output(f"outputs.look.vars.paths[{key}]"),
            f"{alias}_file": pebble.output(f"outputs.look.outputFiles['new/' ~ {key}]"),
        },
        wait=False,
        transmit_failed=False,
    )
    seen = f"[outputs.look.vars.seen, outputs.look.vars.new, {index}] | jq('.[0] + .[1][:.[2] + 1]') | first | toJson"
    mark = model.KvSet(id="mark", key=name, kv_type="JSON", value=pebble.output(seen))
    values = pebble.output("outputs.look.vars.new")
    loop = model.ForEach if old else model.Loop
    return loop(id="each", values=values, concurrency_limit=1, tasks=(start, mark))
