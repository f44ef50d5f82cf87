"""The managed Neo4j: jars, configuration, process, its files."""
