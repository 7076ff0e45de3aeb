"""Kestra: the engine's own jars from Maven Central, driven by a small Java harness on loopback."""
