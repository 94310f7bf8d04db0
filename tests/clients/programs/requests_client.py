"""Prints the ids of all products with requests, and follows no redirect."""

import sys

import requests

key = sys.argv[1]
session = requests.Session()
session.auth = (key, "")
url = f"https://api.{key.rpartition('-')[2]}.cliniko.com/v1/products?per_page=20"
while url:
    answer = session.get(url, allow_redirects=False, timeout=30)
    answer.raise_for_status()
    for product in answer.json()["products"]:
        print(product["id"])
    url = answer.json()["links"].get("next")
