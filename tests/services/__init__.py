"""Each service through the real program: built by `app.py`, on a real data folder, with loopback servers or rehearsed."""
