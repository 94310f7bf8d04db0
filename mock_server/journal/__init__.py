"""What happened in a sandbox: shown without secrets, verified, and explained."""
