"""The settings place: the key, the caps, the offline switch, notifications and the theme."""
