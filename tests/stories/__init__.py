"""The main job as a person does it: the real command line in its own process, against loopback servers."""
