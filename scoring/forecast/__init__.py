"""What will be won in a period, what moved that number, and how far such numbers were right."""
