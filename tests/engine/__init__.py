"""Tests of the rules, the executor and whole simulated runs."""
