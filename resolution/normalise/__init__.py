"""How text is read: numbers and moments from cells; names, places, titles and placeholders, with their lexicons."""
