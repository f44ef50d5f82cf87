"""Macros and lexicons by which names, places and titles are compared."""
