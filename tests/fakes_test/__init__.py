"""Tests of the loopback servers, through the real client libraries."""
