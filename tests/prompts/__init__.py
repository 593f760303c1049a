"""Tests of the prompts, and the plans that these and the planning tests start from."""
