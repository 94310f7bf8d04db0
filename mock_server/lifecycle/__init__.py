"""The lifecycles of a vendor's records: data for the contract suite, which knows no vendor."""
