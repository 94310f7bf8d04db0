#!/bin/sh
# Prints the id of each product that changed since the last poll: first all, then its own writes.
# A second may go on after it was asked for, so each poll asks for the last one again and passes over
# what it has seen.
set -eu
key=$1
url="https://api.${key##*-}.cliniko.com/v1/products"
since=2000-01-01T00:00:00Z
seen=$(mktemp)
trap 'rm -f "$seen"' EXIT

call() { curl -fsS -u "$key:" -H 'Content-Type: application/json' "$@"; }

poll() {
  while :; do
    # A line for each product: its id, and when it changed.
    page=$(call --get "$url" --data-urlencode "q[]=updated_at:>=$since" \
      -d sort=updated_at:asc -d per_page=20 |
      grep -oE '"(id|updated_at)":"[^"]*"' | cut -d'"' -f4 | paste -d' ' - -)
    printf '%s\n' "$page" | grep -vxFf "$seen" | cut -d' ' -f1 || true
    printf '%s\n' "$page" >>"$seen"
    since=$(printf '%s\n' "$page" | tail -n 1 | cut -d' ' -f2)
    [ "$(printf '%s\n' "$page" | wc -l)" -eq 20 ] || return 0
  done
}

poll
first=$(head -n 1 "$seen" | cut -d' ' -f1)
call -o /dev/null -X PATCH -d '{"name": "Changed"}' "$url/$first"
call -o /dev/null -d '{"name": "Added"}' "$url"
poll
poll
