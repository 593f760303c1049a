"""The inspector: one task in full, and what can be decided about it."""
