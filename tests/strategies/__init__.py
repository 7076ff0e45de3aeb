"""Random programs of the language: from its grammar (programs), under llguidance (constrained)."""
