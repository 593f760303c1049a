"""Tests of the window: offscreen, each coroutine on the loop inside Qt's."""
