"""Tests of the tools and of the door to the person's files."""
