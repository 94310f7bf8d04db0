"""A small service that breaks one property at a time, to show that each oracle can fail."""
