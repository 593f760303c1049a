"""The tests; a package, so that `tests.fakes` is ours and not a folder that some library left behind."""
