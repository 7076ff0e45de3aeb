"""Names of time zones, from the IANA database of the machine; without one every name is taken as known."""

from __future__ import annotations

import os

FOLDERS = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")
"""Where the database lies on Unix (PEP 615). Looking there first spares importing zoneinfo."""

CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-")
"""What names of zones are made of: no dot, so no way out of the folder."""

PROBE = "Europe/Berlin"
"""A zone that every copy of the database has."""


def known_zone(name: str) -> bool:
    """Does the IANA database have a zone of this name? True where there is no database to ask."""
    if name == "UTC":
        return True
    return has(name) or not has(PROBE)


def has(name: str) -> bool:
    """Is there a zone of this name in the database?"""
    if set(name) <= CHARACTERS and any(os.path.isfile(f"{folder}/{name}") for folder in FOLDERS):
        return True
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def nearest_zone(name: str) -> str:
    """The zone that was probably meant, or ""."""
    from zoneinfo import available_timezones

    from wfc.diagnostic import suggest

    zones = available_timezones()
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zones)}
    return suggest(name, zones) or by_city.get(name.replace(" ", "_").lower(), "")
