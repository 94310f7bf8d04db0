"""Properties across calls: oracles that act on a target, and the runs that try them."""
