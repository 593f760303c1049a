"""Floor 7: what a person can do: the verb behind every button and every command."""
