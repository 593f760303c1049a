"""What a model may call: the registry, the tools, and the one door to the person's files."""
