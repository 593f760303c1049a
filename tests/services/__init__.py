"""Each service through the real program, built by `app.py` on a real data folder, rehearsed or on loopback."""
