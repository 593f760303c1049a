"""The bottom panel: what happened, what it cost, and what is wrong."""
