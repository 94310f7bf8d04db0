"""What a person, a CI job and another program see of a run."""
