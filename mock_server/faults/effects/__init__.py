"""Effects: what a fault rule does to the calls that it matches."""
