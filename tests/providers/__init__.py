"""Tests of the models behind `ModelProvider`."""
