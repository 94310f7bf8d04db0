"""Prints the ids of all products with httpx."""

import sys

import httpx

key = sys.argv[1]
url = f"https://api.{key.rpartition('-')[2]}.cliniko.com/v1/products?per_page=20"
with httpx.Client(auth=(key, "")) as client:
    while url:
        page = client.get(url).raise_for_status().json()
        for product in page["products"]:
            print(product["id"])
        url = page["links"].get("next")
