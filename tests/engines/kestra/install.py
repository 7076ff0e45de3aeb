"""Installs the Kestra engine: jars by Maven, then our harness compiled against them with a JDK 25."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from engines import cache

HERE = Path(__file__).parent / "java"
VERSIONS = ("2.0.0", "1.3.31")
# Maven's own plugin, pinned so that two machines do the same.
COPY_JARS = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
# The classes of Kestra 2.0.0 are of Java 25; older Java cannot load them.
JAVA = 25
PLUGINS = ("io.kestra.plugin.scripts.shell.Commands", "io.kestra.plugin.scripts.python.Script")


def install(version: str) -> list[Path]:
    """Install one version if it is not there yet; returns the folders. Raises cache.Missing without JDK or Maven."""
    return [
        cache.install(_jars_name(version), _jars_builder(version)),
        cache.install(_harness_name(version), _harness_builder(version)),
    ]


def classpath(version: str) -> str:
    """The class path of harness and engine. Raises cache.Missing when it is not installed."""
    return f"{cache.installed(_harness_name(version)) / 'classes'}:{cache.installed(_jars_name(version)) / 'lib'}/*"


def jdk() -> Path:
    """The newest JDK of at least Java 25 among $JAVA_HOME and /usr/lib/jvm. Raises cache.Missing."""
    homes = [Path(os.environ.get("JAVA_HOME", "/nonexistent")), *Path("/usr/lib/jvm").glob("*")]
    found = {home.resolve(): _java_version(home) for home in homes if (home / "bin" / "javac").exists()}
    best = max(found, key=lambda home: found[home], default=None)
    if best is None or found[best] < JAVA:
        raise cache.Missing(
            f"no JDK {JAVA} or newer in $JAVA_HOME or /usr/lib/jvm", f"install one, e.g. Temurin {JAVA}"
        )
    return best


def _java_version(home: Path) -> int:
    release = home / "release"
    match = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.exists() else None
    return int(match[1]) if match else 0


def _sources(version: str) -> list[Path]:
    return [*(HERE / "common").rglob("*.*"), *(HERE / f"version-{version}").glob("*.java")]


def _pom(version: str) -> Path:
    return HERE / f"pom-{version}.xml"


def _jars_name(version: str) -> str:
    return f"kestra-{version}-jars-{cache.digest(_pom(version))}"


def _harness_name(version: str) -> str:
    return f"kestra-{version}-harness-{cache.digest(_pom(version), *_sources(version))}"


def _jars_builder(version: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        maven = cache.tool("mvn", "install Maven 3.8 or newer")
        cache.call(
            [maven, "-B", "-ntp", "-q", "-f", _pom(version), COPY_JARS, f"-DoutputDirectory={folder / 'lib'}"],
            cwd=folder,
        )

    return build


def _harness_builder(version: str) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        classes = folder / "classes"
        services = classes / "META-INF" / "services"
        services.mkdir(parents=True)
        (services / "io.kestra.core.models.Plugin").write_text("".join(f"{name}\n" for name in PLUGINS))
        (classes / "logback.xml").write_bytes((HERE / "common" / "logback.xml").read_bytes())
        java = [source for source in _sources(version) if source.suffix == ".java"]
        jars = cache.installed(_jars_name(version)) / "lib"
        cache.call([jdk() / "bin" / "javac", "-proc:none", "-nowarn", "-cp", f"{jars}/*", "-d", classes, *java])

    return build
