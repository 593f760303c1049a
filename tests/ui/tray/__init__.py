"""Tests of the tray part of the window."""
