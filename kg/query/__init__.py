"""Query files: tokens, contracts, the text of the two clocks."""
