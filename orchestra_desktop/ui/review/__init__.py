"""A plan before it may run: shown while it is written, read like a pull request, changed, priced and signed."""
