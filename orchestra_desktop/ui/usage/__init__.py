"""The usage place: what was spent, against which cap, on what."""
