"""The explorer: pages for people, rendered from the same GraphQL as everybody asks; nothing is loaded from elsewhere."""
