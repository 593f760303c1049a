"""Orchestra Desktop: AI work as an explicit plan, an exact bill and a durable run."""

__version__ = "0.1.0"
