"""What each construct becomes on Airflow, as rows for the documentation."""

from __future__ import annotations

CAPABILITIES = ()
OPTIONS = ()
