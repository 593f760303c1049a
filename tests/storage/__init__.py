"""Tests of the database: durability, sums, damage, migrations, lock and readers."""
