"""The words that inventory data is made of; all brands and places in them are invented."""

from __future__ import annotations

_VOLUMES = ("50 ml", "100 ml", "250 ml", "500 ml", "1 l")
_WEIGHTS = ("100 g", "250 g", "500 g", "1 kg", "5 kg")
_SIZES = ("small", "medium", "large")
_COUNTS = ("pack of 5", "pack of 10", "pack of 50", "box of 100")

QUALITIES = (
    "Alpine", "Amber", "Basic", "Bright", "Cedar", "Classic", "Coastal", "Copper", "Cotton",
    "Everyday", "Extra", "Fine", "Fresh", "Golden", "Harbour", "Ivory", "Juniper", "Light",
    "Maple", "Midnight", "Natural", "Nordic", "Olive", "Original", "Pearl", "Prime", "Pure",
    "Rustic", "Silver", "Simple", "Soft", "Solid", "Studio", "Sturdy", "Urban", "Violet",
)  # fmt: skip
GOODS = (
    ("Hand Balm", _VOLUMES), ("Massage Oil", _VOLUMES), ("Shampoo", _VOLUMES),
    ("Surface Cleaner", _VOLUMES), ("Disinfectant", _VOLUMES), ("Lamp Oil", _VOLUMES),
    ("Wheat Flour", _WEIGHTS), ("Ground Coffee", _WEIGHTS), ("Bath Salt", _WEIGHTS),
    ("Cement", _WEIGHTS), ("Potting Soil", _WEIGHTS), ("Black Tea", _WEIGHTS),
    ("Exercise Band", _SIZES), ("Knee Support", _SIZES), ("Work Gloves", _SIZES),
    ("Storage Box", _SIZES), ("Flower Pot", _SIZES), ("Altar Candle", _SIZES),
    ("Bandage", _COUNTS), ("Ball Pen", _COUNTS), ("Wood Screw", _COUNTS),
    ("Envelope", _COUNTS), ("Filter Paper", _COUNTS), ("Brake Cable", _COUNTS),
)  # fmt: skip
SERVICES = (
    "Delivery", "Express delivery", "Installation", "Yearly maintenance", "Gift wrapping",
    "Equipment hire, one day", "Assembly at home", "Consultation, 30 minutes", "Engraving",
)  # fmt: skip
REMARKS = (
    "A dependable choice for daily use.", "Made in small batches.", "Our most ordered size.",
    "Comes ready to use.", "Fits all common models.", "Tested to last.", "New this season.",
)  # fmt: skip
CARE = (
    "Store dry and cool.", "Keep out of direct sun.", "Wipe clean with a damp cloth.",
    "Use within a year of opening.", "No special care needed.",
)  # fmt: skip
CATEGORIES = (
    "Body care", "Cleaning", "Garden", "Groceries", "Hardware", "Health", "Home", "Office",
    "Spare parts",
)  # fmt: skip
BRANDS = (
    "Arvenna", "Belcroft", "Calderwood", "Dunmore Vale", "Eastmark", "Fennley", "Gorsebridge",
    "Halvern", "Ironleigh", "Kestrelby", "Lowmoor", "Marrowfield", "Northwick", "Oakhurst",
    "Pellborough", "Quillon", "Rosemere", "Stanbury", "Thornecliff", "Wexcombe",
)  # fmt: skip
SUPPLIER_KINDS = ("Supplies", "Trading", "Wholesale", "& Sons", "Import", "Distribution")
UNITS = ("piece", "box", "pack", "kg", "litre", "metre", "dozen")
