"""Prints the ids of all products with httpx, or its namesake that is named second."""

import importlib
import sys

httpx = importlib.import_module(sys.argv[2] if sys.argv[2:] else "httpx")
key = sys.argv[1]
url = f"https://api.{key.rpartition('-')[2]}.cliniko.com/v1/products?per_page=20"
with httpx.Client(auth=(key, "")) as client:
    while url:
        page = client.get(url).raise_for_status().json()
        for product in page["products"]:
            print(product["id"])
        url = page["links"].get("next")
