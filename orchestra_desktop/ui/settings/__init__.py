"""The settings place: the key, the caps, runs, the offline switch, notifications and the theme."""
