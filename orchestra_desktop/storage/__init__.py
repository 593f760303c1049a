"""One SQLite database per data folder: schema, journal, archive, ledger sums, lock, backups and migrations."""
