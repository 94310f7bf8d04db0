"""One probe for each switch; importing them registers them."""

from tests.contract_tests.standin.probes import lists, records, values
from tests.contract_tests.standin.probes.registry import PROBES

__all__ = ["PROBES", "lists", "records", "values"]
