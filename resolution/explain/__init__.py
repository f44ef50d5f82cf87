"""Why two records are one, why not, and how an entity was built."""
