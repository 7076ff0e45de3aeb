"""Code of other languages in a flow: what a script or a SQL text does to the world, read without running it."""
