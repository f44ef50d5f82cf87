"""Which records are the same account, contact, lead, deal or outcome."""
