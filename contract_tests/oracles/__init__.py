"""Properties across calls, each written once; what an API is like comes from its lifecycle."""
