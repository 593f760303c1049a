"""Floor 4: every prompt as pure text, built alike for the quote and for the run; no input or output."""
