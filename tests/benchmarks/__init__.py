"""Measurements of what is promised about speed; each prints JSON and carries its own control, since machines differ."""
