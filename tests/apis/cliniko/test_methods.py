"""Methods that a path has not, HEAD, OPTIONS, and slashes at the end."""

from __future__ import annotations

import pytest

ALLOWED = {
    "/products": {"GET", "HEAD", "POST", "OPTIONS"},
    "/products/1": {"GET", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"},
    "/products/1/archive": {"POST", "OPTIONS"},
    "/taxes": {"GET", "HEAD", "POST", "OPTIONS"},
    "/taxes/1": {"GET", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"},
    "/product_suppliers": {"GET", "HEAD", "POST", "OPTIONS"},
    "/product_suppliers/1": {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"},
    "/product_suppliers/1/archive": {"POST", "OPTIONS"},
    "/user": {"GET", "HEAD", "OPTIONS"},
    "/users": {"GET", "HEAD", "OPTIONS"},
    "/users/1": {"GET", "HEAD", "OPTIONS"},
    "/stock_adjustments": {"GET", "HEAD", "POST", "OPTIONS"},
    "/stock_adjustments/1": {"GET", "HEAD", "OPTIONS"},
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")
REFUSED = [(path, method) for path in ALLOWED for method in METHODS if method not in ALLOWED[path]]
READABLE = [path for path in ALLOWED if "GET" in ALLOWED[path]]


def allowed_by(answer):
    listed = answer.headers["allow"].split(", ")
    assert len(listed) == len(set(listed))
    return set(listed)


@pytest.mark.parametrize(("path", "method"), REFUSED)
def test_a_method_that_a_path_has_not_is_refused_with_all_that_it_has(account, path, method):
    answer = account.client.request(method, path)
    assert answer.status_code == 405
    assert allowed_by(answer) == ALLOWED[path]
    if method != "HEAD":
        assert answer.json() == {"message": "Method not allowed"}


@pytest.mark.parametrize("path", ALLOWED)
def test_options_lists_the_methods_of_a_path(account, path):
    answer = account.client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert allowed_by(answer) == ALLOWED[path]


@pytest.mark.parametrize("path", READABLE)
def test_head_has_the_headers_of_get_and_no_body(account, path):
    get, head = account.client.get(path), account.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers
    assert int(head.headers["content-length"]) == len(get.content) > 0


def test_head_of_what_is_not_there_has_no_body_either(account):
    answer = account.client.head("/products/999")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("path", READABLE)
def test_a_slash_at_the_end_makes_no_difference(account, path):
    query = "?per_page=2" if path.count("/") == 1 and path.endswith("s") else ""
    plain, slashed = account.client.get(path + query), account.client.get(f"{path}/{query}")
    assert slashed.status_code == 200
    assert slashed.content == plain.content


@pytest.mark.parametrize("path", ["//products", "/products//1", "///products///1//"])
def test_doubled_slashes_are_one(account, path):
    url = f"{account.client.base_url}".rstrip("/")
    one = path.strip("/").replace("///", "/").replace("//", "/")
    assert account.client.get(url + path).content == account.client.get(f"/{one}").content
    assert account.client.get(url + path).status_code == 200


def test_writes_take_a_slash_at_the_end_too(account):
    created = account.client.post("/products/", json={"name": "x"})
    assert created.status_code == 201
    url = f"/products/{created.json()['id']}"
    assert account.client.patch(f"{url}/", json={"name": "y"}).json()["name"] == "y"
    assert account.client.post(f"{url}/archive/").status_code == 204
    assert allowed_by(account.client.put("/products/")) == ALLOWED["/products"]
