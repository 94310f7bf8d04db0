"""Built's operations, one module for each kind of record."""
