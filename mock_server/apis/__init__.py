"""One folder per vendor; each exports its `API`."""
