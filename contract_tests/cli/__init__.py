"""The `contract-tests` command: its options, and what each sub-command does."""
