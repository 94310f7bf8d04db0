"""Prints the ids of all products, as clients without any library do it."""

import base64
import json
import sys
import urllib.request

key = sys.argv[1]
url = f"https://api.{key.rpartition('-')[2]}.cliniko.com/v1/products?per_page=20"
credential = base64.b64encode(f"{key}:".encode()).decode()
while url:
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {credential}"})
    with urllib.request.urlopen(request) as answer:
        page = json.load(answer)
    for product in page["products"]:
        print(product["id"])
    url = page["links"].get("next")
