"""The GraphQL schema and what answers it."""
