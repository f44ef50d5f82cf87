"""Reads export files as they are: says what a file is, unpacks and decodes it, finds its header, cuts its rows."""
