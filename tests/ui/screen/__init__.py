"""Stories in a real window on a screen, with a session bus, of the tests' own."""
