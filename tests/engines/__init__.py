"""The real engines (Kestra, Airflow, act and GitHub's validators) as things a test can run a compiled flow on."""
