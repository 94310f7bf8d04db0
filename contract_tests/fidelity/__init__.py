"""The rules that are known of an API, where each is known from, and whether a target keeps them."""
