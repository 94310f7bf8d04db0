"""Prints the ids of all products with aiohttp, which takes no proxy from the environment."""

import asyncio
import base64
import sys

import aiohttp


async def main(key):
    url = f"https://api.{key.rpartition('-')[2]}.cliniko.com/v1/products?per_page=20"
    credential = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {credential}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        while url:
            async with session.get(url, raise_for_status=True) as answer:
                page = await answer.json()
            for product in page["products"]:
                print(product["id"])
            url = page["links"].get("next")


asyncio.run(main(sys.argv[1]))
