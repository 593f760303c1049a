"""Tests of the projects place and of the requirements."""
