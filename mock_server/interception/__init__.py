"""Answer calls to the vendors' own host names, for clients that cannot be pointed elsewhere."""
