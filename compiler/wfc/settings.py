"""wfc.toml → settings of a project, with an error for every key that is not one.

[project]
root = "flows"                  # folder of the .wf files, "." unless said
catalogs = ["actions"]          # further files or folders with `action` definitions
namespace = "acme.data"         # Kestra's namespace
[defaults]                      # what every flow inherits, in the words of the language
retry = "exponential(attempts: 4, first: 2s, max: 1m)"
timeout = "10m"
[secrets.github]                # names of secrets on an engine; NAME in capitals unless said
slack_url = "SLACK_WEBHOOK"
[target.github]                 # options of a target (`wfc targets github`)
runs_on = "ubuntu-24.04"
[check]                         # what is looked for (docs/checks.md): preset or select, ignore
preset = "recommended"
ignore = ["WF301"]
severity = { WF302 = "error" }
per-path = { "legacy/**" = { ignore = ["WF5"] } }
cache = false                   # findings are not kept for the next run
[environments.prod]             # the same tables once more, for `--environment prod`
namespace = "acme.prod"
"""

from __future__ import annotations

import os

from wfc.errors import UserError
from wfc.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wfc.ir import Json

NAME = "wfc.toml"
TABLES = ("project", "defaults", "secrets", "target", "environments", "check")
PROJECT_KEYS = {"root": str, "catalogs": list, "namespace": str}
DEFAULT_KEYS = {"retry": str, "timeout": str}
CHECK_KEYS = {
    "preset": str,
    "select": list,
    "ignore": list,
    "severity": dict,
    "per-path": dict,
    "commands": dict,
    "cache": bool,
}


class CheckSettings(Record):
    """[check], or the same from the command line: codes, prefixes and names of checks as they are written.

    preset: "" unless said. severity: (code, severity or "off"). per_path: (glob, what to ignore there). commands:
    (command, ((form, what it does), …)), as wfc.embedded.shell.extend takes them.
    """

    preset: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    per_path: tuple[tuple[str, tuple[str, ...]], ...] = ()
    commands: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


class Settings(Record):
    """The settings of a project. folder: where wfc.toml lies ("" without one); root: folder of the flows.

    defaults: clauses in the language's words. secrets: (engine, secret, name). target: options by target.
    check: which checks are run (wfc.rules). cache: may findings be kept for the next run (`[check] cache`)?
    """

    folder: str = ""
    root: str = ""
    catalogs: tuple[str, ...] = ()
    namespace: str = "wfc"
    defaults: str = ""
    secrets: tuple[tuple[str, str, str], ...] = ()
    target: tuple[tuple[str, tuple[tuple[str, Json], ...]], ...] = ()
    check: CheckSettings = CheckSettings()
    cache: bool = True


def find(start: str) -> str:
    """The path of the nearest wfc.toml in `start` or a folder above it, or ""."""
    folder = os.path.abspath(start)
    while True:
        path = os.path.join(folder, NAME)
        if os.path.isfile(path):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above


def read(path: str, environment: str = "") -> Settings:
    """The settings in a wfc.toml, those of `environment` laid over them. Raises UserError for what is wrong."""
    import tomllib

    from wfc.files import read_source

    try:
        data = tomllib.loads(read_source(path))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: {error}", "see https://toml.io for the syntax") from None
    check_keys(path, "", data, dict.fromkeys(TABLES, dict))
    environments = data.get("environments", {})
    if environment and environment not in environments:
        known = ", ".join(sorted(environments)) or "none"
        raise UserError(f"{path} has no environment `{environment}`", f"known: {known}")
    over = environments.get(environment, {})
    check_keys(path, f"environments.{environment}", over, PROJECT_KEYS | dict.fromkeys(TABLES, dict))
    return build(path, data, over)


def build(path: str, data: dict[str, Json], over: dict[str, Json]) -> Settings:
    """Settings of checked tables."""

    def table(name: str, keys: Mapping[str, type] | None) -> dict[str, Json]:
        found = merged(data.get(name, {}), over.get(name, {}))
        if keys is not None:
            check_keys(path, name, found, keys)
        return found

    project = table("project", PROJECT_KEYS) | {key: over[key] for key in PROJECT_KEYS if key in over}
    defaults, check = table("defaults", DEFAULT_KEYS), table("check", CHECK_KEYS)
    folder = os.path.dirname(path)
    clauses = " ".join(f"{key} {defaults[key]}" for key in DEFAULT_KEYS if key in defaults)
    catalogs = project.get("catalogs", [])
    assert isinstance(catalogs, list)
    for key, place in [("root", project.get("root", "")), *(("catalogs", item) for item in catalogs)]:
        if not os.path.exists(os.path.join(folder, str(place)) or "."):
            raise UserError(f"{path}: `{key}` names {place}, which is not there", f"it is looked for beside {path}")
    return Settings(
        folder,
        os.path.join(folder, str(project.get("root", ""))),
        tuple(os.path.join(folder, str(item)) for item in catalogs),
        str(project.get("namespace", "wfc")),
        clauses,
        secret_names(path, table("secrets", None)),
        tuple((name, options(path, values)) for name, values in sorted(table("target", None).items())),
        check_settings(path, check),
        check.get("cache", True) is True,
    )


def check_settings(path: str, table: dict[str, Json]) -> CheckSettings:
    """[check], its keys already checked. Raises UserError for what is no text, or an unknown key of a path."""
    severity, paths = table.get("severity", {}), table.get("per-path", {})
    assert isinstance(severity, dict)
    assert isinstance(paths, dict)
    check_keys(path, "check.severity", severity, dict.fromkeys(severity, str))
    check_keys(path, "check.per-path", paths, dict.fromkeys(paths, dict))
    for glob, inner in paths.items():
        check_keys(path, f'check.per-path."{glob}"', inner, {"ignore": list})
    return CheckSettings(
        str(table.get("preset", "")),
        texts(path, "check.select", table.get("select", [])),
        texts(path, "check.ignore", table.get("ignore", [])),
        tuple((code, str(level)) for code, level in severity.items()),
        tuple(
            (glob, texts(path, f'check.per-path."{glob}".ignore', inner.get("ignore", [])))
            for glob, inner in paths.items()
            if isinstance(inner, dict)
        ),
        tuple((name, forms_of(path, name, forms)) for name, forms in commands_of(table).items()),
    )


def commands_of(table: dict[str, Json]) -> dict[str, Json]:
    """[check.commands], {} without one; that it is a table has been checked."""
    found = table.get("commands", {})
    assert isinstance(found, dict)
    return found


def forms_of(path: str, name: str, forms: Json) -> tuple[tuple[str, str], ...]:
    """(form, what it does) of one entry of [check.commands]; a text alone is about every call.

    Raises UserError for what is not one of DOES (wfc/embedded/commands.toml says what each means), and for an entry
    that could never be of use.
    """
    from wfc.embedded.verdict import DOES

    place = f"{path}: [check.commands] {name}"
    if not isinstance(forms, dict):
        forms = {"": forms}
    if len(name.split()) != 1:
        word, _, rest = name.partition(" ")
        raise UserError(f"{place}: a command is one word", f'write `"{word}" = {{ "{rest}" = "…" }}`')
    if not forms:
        raise UserError(f"{place} says nothing", f"say what it does: {', '.join(DOES)}")
    for form, does in forms.items():
        if does not in DOES:
            raise UserError(f"{place} {form}".rstrip() + f" is {does!r}", f"known: {', '.join(DOES)}")
    return tuple((form, str(does)) for form, does in forms.items())


def texts(path: str, where: str, values: Json) -> tuple[str, ...]:
    """A list of texts. Raises UserError for one that holds anything else."""
    assert isinstance(values, list)
    for value in values:
        if not isinstance(value, str):
            raise UserError(f"{path}: `{where}` is a list of texts", f'write "{value}"')
    return tuple(str(value) for value in values)


def merged(base: Json, over: Json) -> dict[str, Json]:
    """Two tables, the second laid over the first, one level deep in tables of tables."""
    assert isinstance(base, dict)
    assert isinstance(over, dict)
    result = dict(base)
    for key, value in over.items():
        before = result.get(key)
        result[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def secret_names(path: str, table: dict[str, Json]) -> tuple[tuple[str, str, str], ...]:
    """(engine, secret, name) rows of the [secrets.ENGINE] tables."""
    rows = []
    for engine, names in sorted(table.items()):
        if not isinstance(names, dict):
            raise UserError(f"{path}: [secrets] holds one table an engine", "write `[secrets.github]`")
        for secret, name in sorted(names.items()):
            if not isinstance(name, str):
                raise UserError(f"{path}: secrets.{engine}.{secret} is a text, the secret's name on {engine}")
            rows.append((engine, secret, name))
    return tuple(rows)


def options(path: str, values: Json) -> tuple[tuple[str, Json], ...]:
    """The options of one [target.NAME] table; the target itself checks their names and types."""
    if not isinstance(values, dict):
        raise UserError(f"{path}: [target] holds one table a target", "write `[target.github]`")
    return tuple(sorted(values.items()))


def check_keys(path: str, table: str, found: Json, known: Mapping[str, type]) -> None:
    """Raises UserError for a key that is not known, or whose value has the wrong type."""
    from wfc.diagnostic import suggest

    assert isinstance(found, dict)
    for key, value in found.items():
        where = f"{table}.{key}".lstrip(".")
        if key not in known:
            near = suggest(key, known)
            remedy = f"did you mean `{near}`?" if near else f"known: {', '.join(sorted(known))}"
            raise UserError(f"{path}: there is no setting `{where}`", remedy)
        if not isinstance(value, known[key]):
            kind = {str: "a text", list: "a list", bool: "true or false"}.get(known[key], "a table")
            raise UserError(f"{path}: `{where}` is {kind}")
