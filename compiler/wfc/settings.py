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
[check]                         # what is looked for (docs/checks): preset or select, ignore
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

from wfc.errors import LONG_NUMBER, UserError
from wfc.record import Record
from wfc.text import brief

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


EXAMPLES = {
    "root": 'root = "flows"',
    "catalogs": 'catalogs = ["actions"]',
    "namespace": 'namespace = "acme.data"',
    "retry": 'retry = "exponential(attempts: 4, first: 2s, max: 1m)"',
    "timeout": 'timeout = "10m"',
    "preset": 'preset = "recommended"',
    "select": 'select = ["WF3"]',
    "ignore": 'ignore = ["WF301"]',
    "severity": 'severity = { WF302 = "error" }',
    "per-path": 'per-path = { "legacy/**" = { ignore = ["WF5"] } }',
    "commands": 'commands = { "./load.sh" = "safe" }',
    "cache": "cache = false",
}
"""Key → a line that is right."""

NAMESPACE = r"[a-z0-9][a-z0-9._-]*"
"""What Kestra takes (the pattern of `namespace` in its AbstractFlow, 1.3 and 2.0)."""


class WrongSetting(UserError):
    """What is wrong with a setting. keys: from the outermost table to the key, so that `read` can say where it is."""

    def __init__(self, keys: tuple[str, ...], message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.keys = keys


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
    text: of wfc.toml. environment: that is laid over it, "" for none.
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
    text: str = ""
    environment: str = ""


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

    text = read_source(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(unread(path, text, str(error)), "see https://toml.io for the syntax") from None
    except ValueError:
        raise UserError(f"{path}: {LONG_NUMBER}", "write a shorter one, or a text") from None
    except RecursionError:
        raise UserError(f"{path} is nested too deep for settings", "no setting is deeper than a few tables") from None
    try:
        return checked(path, text, data, environment)
    except WrongSetting as error:
        from wfc.settings_places import where

        raise UserError(f"{path}:{where(text, error.keys, environment)}: {error.message}", error.remedy) from None


def unread(path: str, text: str, message: str) -> str:
    """tomllib's word on a syntax error, with its place in front."""
    import re

    lines = text.splitlines() or [""]
    message = message.replace("(at end of document)", f"(at line {len(lines)}, column {len(lines[-1]) + 1})")
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    return f"{path}:{found[2]}:{found[3]}: {found[1]}" if found else f"{path}: {message}"


def checked(path: str, text: str, data: dict[str, Json], environment: str) -> Settings:
    """The settings of a file that is TOML. Raises WrongSetting, also for environments that are not asked for."""
    check_keys((), data, dict.fromkeys(TABLES, dict))
    check_tables((), data)
    environments = data.get("environments", {})
    assert isinstance(environments, dict)
    check_keys(("environments",), environments, dict.fromkeys(environments, dict))
    for name, over in environments.items():
        assert isinstance(over, dict)
        inner = [table for table in TABLES if table != "environments"]
        check_keys(("environments", name), over, PROJECT_KEYS | dict.fromkeys(inner, dict))
        check_tables(("environments", name), over)
    if environment and environment not in environments:
        known = ", ".join(sorted(environments)) or "none"
        raise WrongSetting(("environments",), f"there is no environment `{environment}`", f"known: {known}")
    over = environments.get(environment, {})
    assert isinstance(over, dict)
    return build(path, text, data, over, environment)


def check_tables(keys: tuple[str, ...], data: dict[str, Json]) -> None:
    """The keys of the tables whose keys are known. Raises WrongSetting."""
    for name, known in (("project", PROJECT_KEYS), ("defaults", DEFAULT_KEYS), ("check", CHECK_KEYS)):
        check_keys((*keys, name), data.get(name, {}), known)


def build(path: str, text: str, data: dict[str, Json], over: dict[str, Json], environment: str) -> Settings:
    """Settings of checked tables. Raises WrongSetting for values."""

    def table(name: str) -> dict[str, Json]:
        return merged(data.get(name, {}), over.get(name, {}))

    project = table("project") | {key: over[key] for key in PROJECT_KEYS if key in over}
    defaults, check = table("defaults"), table("check")
    folder = os.path.dirname(path)
    clauses = " ".join(f"{key} {defaults[key]}" for key in DEFAULT_KEYS if key in defaults)
    catalogs = texts(("project", "catalogs"), project.get("catalogs", []))
    for key, place in [("root", project.get("root", "")), *(("catalogs", item) for item in catalogs)]:
        if not os.path.exists(os.path.join(folder, str(place)) or "."):
            message = f"`{key}` names {place}, which is not there"
            raise WrongSetting(("project", key), message, f"it is looked for beside {path}")
    return Settings(
        folder,
        os.path.join(folder, str(project.get("root", ""))),
        tuple(os.path.join(folder, item) for item in catalogs),
        namespace(str(project.get("namespace", "wfc"))),
        clauses,
        secret_names(table("secrets")),
        tuple((name, options(name, values)) for name, values in sorted(table("target").items())),
        check_settings(check),
        check.get("cache", True) is True,
        text,
        environment,
    )


def namespace(name: str) -> str:
    """A namespace of Kestra. Raises WrongSetting for one that it would refuse."""
    import re

    if not re.fullmatch(NAMESPACE, name):
        remedy = "small letters, digits, `.`, `_` and `-`, the first a letter or digit, as in `acme.data`"
        raise WrongSetting(("project", "namespace"), f'Kestra takes no namespace "{name}"', remedy)
    return name


def check_settings(table: dict[str, Json]) -> CheckSettings:
    """[check], its keys already checked. Raises WrongSetting for what is no text, or an unknown key of a path."""
    severity, paths = table.get("severity", {}), table.get("per-path", {})
    assert isinstance(severity, dict)
    assert isinstance(paths, dict)
    check_keys(("check", "severity"), severity, dict.fromkeys(severity, str))
    check_keys(("check", "per-path"), paths, dict.fromkeys(paths, dict))
    for glob, inner in paths.items():
        check_keys(("check", "per-path", glob), inner, {"ignore": list})
    return CheckSettings(
        str(table.get("preset", "")),
        texts(("check", "select"), table.get("select", [])),
        texts(("check", "ignore"), table.get("ignore", [])),
        tuple((code, str(level)) for code, level in severity.items()),
        tuple(
            (glob, texts(("check", "per-path", glob, "ignore"), inner.get("ignore", [])))
            for glob, inner in paths.items()
            if isinstance(inner, dict)
        ),
        tuple((name, forms_of(name, forms)) for name, forms in commands_of(table).items()),
    )


def commands_of(table: dict[str, Json]) -> dict[str, Json]:
    """[check.commands], {} without one; that it is a table has been checked."""
    found = table.get("commands", {})
    assert isinstance(found, dict)
    return found


def forms_of(name: str, forms: Json) -> tuple[tuple[str, str], ...]:
    """(form, what it does) of one entry of [check.commands]; a text alone is about every call.

    Raises WrongSetting for what is not one of DOES (wfc/embedded/commands.toml says what each means), or no text, and
    for an entry that could never be of use.
    """
    from wfc.embedded.verdict import DOES

    place, keys = f"[check.commands] {name}", ("check", "commands", name)
    if not isinstance(forms, dict):
        forms = {"": forms}
    if len(name.split()) != 1:
        word, _, rest = name.partition(" ")
        raise WrongSetting(keys, f"{place}: a command is one word", f'write `"{word}" = {{ "{rest}" = "…" }}`')
    if not forms:
        raise WrongSetting(keys, f"{place} says nothing", f"say what it does: {', '.join(DOES)}")
    for form, does in forms.items():
        if does not in DOES:
            message = f"{place} {form}".rstrip() + f" is {brief(does)}"
            raise WrongSetting((*keys, form) if form else keys, message, f"known: {', '.join(DOES)}")
    return tuple((form, str(does)) for form, does in forms.items())


def texts(keys: tuple[str, ...], values: Json) -> tuple[str, ...]:
    """A list of texts. Raises WrongSetting for one that holds anything else."""
    assert isinstance(values, list)
    for value in values:
        if not isinstance(value, str):
            raise WrongSetting(keys, f"`{shown(keys)}` is a list of texts", f'write "{brief(value)}"')
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


def secret_names(table: dict[str, Json]) -> tuple[tuple[str, str, str], ...]:
    """(engine, secret, name) rows of the [secrets.ENGINE] tables."""
    rows = []
    for engine, names in sorted(table.items()):
        if not isinstance(names, dict):
            raise WrongSetting(("secrets", engine), "[secrets] holds one table an engine", "write `[secrets.github]`")
        for secret, name in sorted(names.items()):
            if not isinstance(name, str):
                message = f"`secrets.{engine}.{secret}` is a text, the secret's name on {engine}"
                raise WrongSetting(("secrets", engine, secret), message, f'as in `{secret} = "{secret.upper()}"`')
            rows.append((engine, secret, name))
    return tuple(rows)


def options(name: str, values: Json) -> tuple[tuple[str, Json], ...]:
    """The options of one [target.NAME] table; the target itself checks their names and types."""
    if not isinstance(values, dict):
        raise WrongSetting(("target", name), "[target] holds one table a target", "write `[target.github]`")
    return tuple(sorted(values.items()))


def check_keys(keys: tuple[str, ...], found: Json, known: Mapping[str, type]) -> None:
    """Raises WrongSetting for a key of the table `keys` that is not known, or whose value has the wrong type."""
    from wfc.diagnostic import suggest

    assert isinstance(found, dict)
    for key, value in found.items():
        path = (*keys, key)
        if key not in known:
            near = suggest(key, known)
            remedy = f"did you mean `{near}`?" if near else f"known: {', '.join(sorted(known))}"
            raise WrongSetting(path, f"there is no setting `{shown(path)}`", remedy)
        if not isinstance(value, known[key]):
            kind = {str: "a text", list: "a list", bool: "true or false"}.get(known[key], "a table")
            remedy = f"as in `{EXAMPLES[key]}`" if key in EXAMPLES else f"write {kind}"
            raise WrongSetting(path, f"`{shown(path)}` is {kind}", remedy)


def shown(keys: tuple[str, ...]) -> str:
    """Keys as TOML writes them, with dots; in quotes what is no bare key."""
    bare = [key.replace("-", "").replace("_", "").isalnum() and key.isascii() for key in keys]
    return ".".join(key if is_bare else f'"{key}"' for key, is_bare in zip(keys, bare, strict=True))
