"""Tests of the review of plans."""
