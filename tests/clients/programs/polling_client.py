"""Prints the id of each product that changed since the last poll: first all, then its own writes.

A second may go on after it was asked for, so each poll asks for the last one again and passes over
what it has seen.
"""

import sys

import requests

PAGE = 20
key = sys.argv[1]
url = f"https://api.{key.rpartition('-')[2]}.cliniko.com/v1/products"
session = requests.Session()
session.auth = (key, "")
since, seen = "2000-01-01T00:00:00Z", set()


def call(method, path="", **asked):
    answer = session.request(method, url + path, timeout=30, **asked)
    answer.raise_for_status()
    return answer.json()


def poll():
    global since
    while True:
        asked = {"q[]": f"updated_at:>={since}", "sort": "updated_at:asc", "per_page": PAGE}
        products = call("GET", params=asked)["products"]
        for product in products:
            state = (product["id"], product["updated_at"])
            if state not in seen:
                seen.add(state)
                print(product["id"])
            since = product["updated_at"]
        if len(products) < PAGE:
            return


poll()
first = min(seen)[0]
call("PATCH", f"/{first}", json={"name": "Changed"})
call("POST", json={"name": "Added"})
poll()
poll()
