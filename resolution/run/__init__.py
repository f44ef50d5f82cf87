"""The resolution of all kinds: accounts, contacts, deals, employers, outcomes, approval."""
