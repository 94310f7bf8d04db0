"""What a vendor says of its records' lives: data for the contract suite, which knows no vendor."""
