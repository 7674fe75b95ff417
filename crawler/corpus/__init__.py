"""The corpus: SQLite behind a small interface."""
