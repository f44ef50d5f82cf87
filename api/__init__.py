"""The doors: GraphQL, explorer, exports and the command line."""
