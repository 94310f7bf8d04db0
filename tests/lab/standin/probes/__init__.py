"""One probe for each switch; importing them registers them."""

from tests.lab.standin.probes import lists, records, values
from tests.lab.standin.probes.registry import PROBES

__all__ = ["PROBES", "lists", "records", "values"]
