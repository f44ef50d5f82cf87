"""Average linkage: one component, a part of the records, a whole table."""
