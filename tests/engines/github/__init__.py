"""GitHub Actions: act on the host as the executor; actionlint, zizmor and GitHub's language service as validators."""
