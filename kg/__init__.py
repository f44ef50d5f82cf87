"""The graph: its words, its server, its doors, its features. Knows nothing of sources, models or the API."""
