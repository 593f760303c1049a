"""Tests of reserving, streaming and settling one call."""
