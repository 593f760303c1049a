"""Floor 8: what a screen or the command line shows, as plain data and plain words. No Qt."""
