"""Root fields of the schema, one file a noun."""
