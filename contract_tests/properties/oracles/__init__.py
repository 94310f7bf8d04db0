"""Properties across calls, each written once; what an API is like comes from its lifecycle.

Every module below this package registers its oracles when it is imported, which importing the
package does.
"""

import importlib
import pkgutil

from contract_tests.properties.oracle import ORACLES

__all__ = ["ORACLES"]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)
