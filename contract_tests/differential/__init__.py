"""The same calls to two targets, and what they answer differently."""
