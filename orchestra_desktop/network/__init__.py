"""The one guard under all that leaves this process: what may be reached, by which client, with which environment."""
