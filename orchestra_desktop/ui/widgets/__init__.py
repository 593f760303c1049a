"""The small pieces that all places are put together from."""
