"""Properties across calls, each written once; what an API is like comes from its lifecycle.

Every module of this package registers its oracles when it is imported, which importing the package
does.
"""

import importlib
import pkgutil

from contract_tests.oracles.oracle import ORACLES

__all__ = ["ORACLES"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
