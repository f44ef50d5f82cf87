"""What is written to the graph: loading, migration, validation, audits, runs."""
