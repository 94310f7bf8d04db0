"""The mock beside its peers, over HTTP: the same work on each server, in one run."""
