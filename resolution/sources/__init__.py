"""The systems that records come from, one file a system."""
