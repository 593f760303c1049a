"""Floor 1: the words and the rules of the program. No input or output, and nothing of ours is imported here."""
