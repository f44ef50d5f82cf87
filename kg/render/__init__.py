"""Where Cypher text is put together from frozen declarations; nowhere else.

Identifiers come from the ontology, values are always parameters.
"""
