"""Tests of the services part of the window."""
