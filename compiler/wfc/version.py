"""The version of wfc; pyproject.toml says the same (a test holds it), so that no metadata is read at start."""

VERSION = "0.1.0"
