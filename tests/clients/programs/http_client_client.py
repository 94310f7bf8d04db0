"""Prints the ids of all products, over connections that know of no proxy."""

import base64
import http.client
import json
import sys
from urllib.parse import urlsplit

key = sys.argv[1]
host = f"api.{key.rpartition('-')[2]}.cliniko.com"
credential = base64.b64encode(f"{key}:".encode()).decode()
connection = http.client.HTTPSConnection(host)
path = "/v1/products?per_page=20"
while path:
    connection.request("GET", path, headers={"Authorization": f"Basic {credential}"})
    page = json.load(connection.getresponse())
    for product in page["products"]:
        print(product["id"])
    link = urlsplit(page["links"].get("next", ""))
    if link.netloc not in ("", host):
        raise SystemExit(f"a link to a foreign host: {link.netloc}")
    path = link.path and f"{link.path}?{link.query}"
