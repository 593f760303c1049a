"""The inbox: everything that waits for a person, answered with single keys."""
