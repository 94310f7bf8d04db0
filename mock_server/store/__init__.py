"""Sandboxes that last: a log of commits for each, its forms as JSON, and what keeps the logs."""
