"""Projects: listed, made, and their requirements numbered beside the text."""
