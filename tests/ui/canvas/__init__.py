"""Tests of the picture of the graph."""
