"""The frame that every place is shown in: bars, rail, panes, palette, key sheet."""
