"""Floor 9: the same verbs as the window's, without one, on a plain event loop."""
