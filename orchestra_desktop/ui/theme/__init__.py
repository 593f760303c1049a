"""Colours, type, icons and the style sheet, all made from one table of tokens."""
