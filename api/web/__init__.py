"""The explorer: pages for people, rendered from the GraphQL that everybody asks; nothing comes from elsewhere."""
