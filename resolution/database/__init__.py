"""The door to DuckDB: connections, attached files, look-ups by index, components of a table."""
