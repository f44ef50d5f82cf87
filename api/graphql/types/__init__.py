"""GraphQL types, one file each. They ask loaders and nothing else."""
