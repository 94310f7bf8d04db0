"""Files of cases: data, scripts and collections, each ready to be run as it is."""
