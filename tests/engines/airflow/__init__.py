"""Airflow: a virtual environment of its own, driven by one long-lived worker process, and by a scheduler on demand."""
