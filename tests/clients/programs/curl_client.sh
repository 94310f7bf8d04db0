#!/bin/sh
# Prints the ids of all products with curl; HTTPS is forced, and no redirect is followed.
set -eu
key=$1
url="https://api.${key##*-}.cliniko.com/v1/products?per_page=20"
while [ -n "$url" ]; do
  page=$(curl -fsS --proto '=https' -u "$key:" "$url")
  printf '%s' "$page" | grep -o '"id":"[0-9]*"' | grep -o '[0-9]*'
  url=$(printf '%s' "$page" | sed -n 's/.*"next":"\([^"]*\)".*/\1/p')
done
