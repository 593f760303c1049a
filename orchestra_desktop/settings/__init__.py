"""Settings as data: the sections with their bounds, the file that keeps them, shipped prices and the keyring."""
