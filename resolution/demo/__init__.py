"""The demo company: what the systems of an invented B2B company hold over three years, and the truth beside it.

    words            names, places, titles, products           people       companies and persons of a block
    causes           the causal model, as a table               dealings     a deal as it goes, before its result
    customers        usage and tickets of a customer            leads        interest before a deal, and its conversion
    state            the causes of a deal at a moment           world        a block in the order of time
    spelling         how systems misspell the truth             files        every file, its header, opaque ids
    crm conversations marketing services money                  each system's own files
    probabilities    true chances of deals and leads            forward      a deal simulated on, from a moment
    mapping          sources.toml                               writer       the whole

Blocks of 50 companies are simulated and written one after the other, each from its own seed, so memory does not grow
with the number of companies. Nothing here is imported from `kg`, `scoring` or `cypher`.
"""

from resolution.demo.writer import DemoReport, write_demo

__all__ = ["DemoReport", "write_demo"]
