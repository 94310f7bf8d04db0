"""What a client of Skhokho sees: lists, organisations, actions, updates, images."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.apis.skhokho.pages import PAGE_SIZE
from tests.apis.skhokho import bodies
from tests.apis.skhokho.judge import judge_boolean, judge_page

LISTED = {
    "unique_id", "name", "short_description", "product_code", "barcode", "product_type",
    "category", "brand", "selling_price", "current_stock", "minimum_stock_level",
    "unit_of_measure", "status",
}  # fmt: skip
FULL = LISTED | {
    "description", "model_number", "cost_price", "maximum_stock_level", "image",
    "supplier_name", "date_created", "last_updated",
}  # fmt: skip


class TestList:
    def test_it_shows_the_short_form_and_the_detail_the_full_one(self, inventory):
        listed = inventory.list().json()["results"][0]
        detail = inventory.get(listed["unique_id"]).json()
        assert set(listed) == LISTED
        assert set(detail) == FULL
        assert {name: detail[name] for name in LISTED} == listed

    def test_the_newest_product_comes_first(self, inventory):
        made = inventory.made()
        assert inventory.list().json()["results"][0]["unique_id"] == made["unique_id"]
        assert inventory.list().json()["count"] == 49

    @pytest.fixture
    def shelf(self, empty):
        """Five products that each filter divides in its own way; returns their names by filter."""
        empty.made(name="Rooibos Tea", category="Tea", product_code="RB-1", barcode="600123")
        empty.made(name="Green tea", category="Tea", current_stock=5, minimum_stock_level="5")
        empty.made(
            name="Kettle",
            category="tea",
            current_stock="4.99",
            minimum_stock_level=5,
            product_type="manufacture",
        )
        empty.made(
            name="Stove", category=None, current_stock=1, minimum_stock_level=5, status="inactive"
        )
        empty.made(
            name="TEA-pot",
            product_code="rb-2",
            current_stock=9,
            minimum_stock_level=8,
            product_type="manufacture",
            status="out_of_stock",
        )

        def names(**query: Any) -> set[str]:
            return {product["name"] for product in empty.everything(**query)}

        return names

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ({}, {"Rooibos Tea", "Green tea", "Kettle", "Stove", "TEA-pot"}),
            ({"category": "Tea"}, {"Rooibos Tea", "Green tea"}),
            ({"category": "Te"}, set()),
            ({"low_stock": "true"}, {"Rooibos Tea", "Green tea", "Kettle", "Stove"}),
            ({"low_stock": "False"}, {"Rooibos Tea", "Green tea", "Kettle", "Stove", "TEA-pot"}),
            ({"name": "TEA"}, {"Rooibos Tea", "Green tea", "TEA-pot"}),
            ({"product_type": "manufacture"}, {"Kettle", "TEA-pot"}),
            ({"product_type": "none"}, set()),
            ({"search": "RB"}, {"Rooibos Tea", "TEA-pot"}),
            ({"search": "0012"}, {"Rooibos Tea"}),
            ({"search": "stov"}, {"Stove"}),
            ({"search": "Tea"}, {"Rooibos Tea", "Green tea", "TEA-pot"}),
            ({"status": "inactive"}, {"Stove"}),
            ({"status": "out_of_stock"}, {"TEA-pot"}),
            ({"status": "gone"}, set()),
            ({"category": "", "status": "", "search": "", "low_stock": "", "page": ""},
             {"Rooibos Tea", "Green tea", "Kettle", "Stove", "TEA-pot"}),
            ({"category": "Tea", "low_stock": "yes", "name": "green"}, {"Green tea"}),
            ({"search": "rb", "product_type": "buy", "status": "active"}, {"Rooibos Tea"}),
        ],
    )  # fmt: skip
    def test_filters_alone_and_together(self, shelf, query, names):
        assert shelf(**query) == names

    @pytest.mark.parametrize(
        "text",
        ["t", "T", "y", "yes", "YES", "yEs", "true", "True", "on", "1", "f", "n", "No", "false",
         "FALSE", "off", "0", "2", "truth", "tru", "yess", "null", "none", " true", "-1", "oN"],
    )  # fmt: skip
    def test_booleans_are_the_frameworks_words(self, inventory, text):
        answer = inventory.list(low_stock=text)
        if answer.status_code == 200:
            assert (answer.json()["count"] < 48) is judge_boolean(text)
        else:
            assert (answer.status_code, answer.json()) == (400, {"low_stock": judge_boolean(text)})

    @pytest.mark.parametrize(
        "query",
        ["", "page=1", "page=2", "page=3", "page=last", "page=", "page=0", "page=-1", "page=4",
         "page=x", "page=1.0", "page=%202", "page=%2B2", "page=002", "page=2&page=1", "page=LAST",
         "name=e&page=2", "page=2&name=e&category=&z=1", "b=2&a=1&page=1", "a=%C3%B6&page=2",
         "a=1&a=2&page=2", "page=" + "9" * 400],
    )  # fmt: skip
    def test_pages_are_the_frameworks(self, inventory, query):
        count = len(list(inventory.everything(name="e"))) if "name=e" in query else 48
        url = f"{inventory.client.base_url}{inventory.path.removeprefix('/')}"
        verdict = judge_page(url, query, count, PAGE_SIZE)
        answer = inventory.client.get(f"{inventory.path}?{query}" if query else inventory.path)
        body = answer.json()
        if "results" in body:
            body["results"] = len(body["results"])
        assert (answer.status_code, body) == (verdict.status, verdict.body)

    def test_links_lead_to_every_product_once(self, inventory):
        ids = [product["unique_id"] for product in inventory.everything()]
        assert len(ids) == len(set(ids)) == 48
        last = inventory.list(page="last").json()
        assert last["next"] is None
        back = inventory.client.get(last["previous"]).json()
        assert "page" not in back["previous"]


class TestOrganisations:
    def test_a_product_is_not_found_through_another_organisation(self, inventory_of):
        own, other = inventory_of(), inventory_of(organisation="organisation-2")
        product = own.made()
        unique_id = product["unique_id"]
        for answer in (
            other.get(unique_id),
            other.put(unique_id, json=bodies.LEAST),
            other.patch(unique_id, json={"name": "Taken"}),
            other.act(unique_id, "deactivate"),
        ):
            expected = {"detail": "No Product matches the given query."}
            assert (answer.status_code, answer.json()) == (404, expected)
        assert own.get(unique_id).json() == product
        assert unique_id not in {each["unique_id"] for each in other.everything()}

    def test_each_has_its_own_seed_records(self, inventory_of):
        counts = [
            inventory_of(organisation=name).list().json()["count"]
            for name in ("organisation-1", "organisation-2", "someone-elses")
        ]
        assert counts == [48, 12, 0]

    def test_a_missing_product_is_looked_for_before_the_body_is_judged(self, inventory):
        assert inventory.patch("nobody", json={"name": None}).status_code == 404
        assert inventory.put("nobody", content=b"").status_code == 404


class TestActions:
    def test_deactivate(self, empty):
        made = empty.made(current_stock="3.50")
        answer = empty.act(made["unique_id"], "deactivate")
        assert answer.status_code == 200
        changed = answer.json()
        assert changed == {**made, "status": "inactive", "last_updated": changed["last_updated"]}
        assert empty.get(made["unique_id"]).json() == changed

    def test_mark_out_of_stock(self, empty):
        made = empty.made(current_stock="3.50")
        changed = empty.act(made["unique_id"], "mark_out_of_stock").json()
        assert (changed["status"], changed["current_stock"]) == ("out_of_stock", "0.00")
        assert empty.get(made["unique_id"]).json() == changed

    @pytest.mark.parametrize("action", ["deactivate", "mark_out_of_stock"])
    def test_a_repetition_changes_nothing(self, empty, action):
        unique_id = empty.made(current_stock=1)["unique_id"]
        first = empty.act(unique_id, action)
        second = empty.act(unique_id, action)
        assert (second.status_code, second.json()) == (200, first.json())

    @pytest.mark.parametrize(
        ("action", "message"),
        [
            (None, "This field is required."),
            ("", '"" is not a valid choice.'),
            ("activate", '"activate" is not a valid choice.'),
            ("DEACTIVATE", '"DEACTIVATE" is not a valid choice.'),
        ],
    )
    def test_unknown_actions_change_nothing(self, empty, action, message):
        made = empty.made()
        answer = empty.act(made["unique_id"], action)
        assert (answer.status_code, answer.json()) == (400, {"action": [message]})
        assert empty.get(made["unique_id"]).json() == made


class TestUpdates:
    def test_put_keeps_what_is_left_out_and_patch_needs_nothing(self, empty):
        made = empty.made(brand="Cederberg", cost_price=1, current_stock=7)
        put = empty.put(made["unique_id"], json={"name": "New", "product_type": "manufacture"})
        assert put.status_code == 200
        changed = {"name": "New", "product_type": "manufacture"}
        assert put.json() == {**made, **changed, "last_updated": put.json()["last_updated"]}
        patched = empty.patch(made["unique_id"], json={}).json()
        assert {**patched, "last_updated": ""} == {**put.json(), "last_updated": ""}

    def test_a_refused_update_changes_nothing(self, empty):
        made = empty.made(brand="Cederberg")
        refused = empty.patch(made["unique_id"], json={"brand": "Other", "status": "gone"})
        assert refused.status_code == 400
        assert empty.get(made["unique_id"]).json() == made

    def test_what_the_service_decides_cannot_be_set(self, empty):
        made = empty.made()
        sent = {"unique_id": "mine", "date_created": "2000-01-01T00:00:00Z", "last_updated": None}
        changed = empty.patch(made["unique_id"], json=sent).json()
        assert changed["unique_id"] == made["unique_id"]
        assert changed["date_created"] == made["date_created"]

    def test_defaults_of_a_new_product(self, empty):
        made = empty.made()
        assert (made["status"], made["unit_of_measure"]) == ("active", "piece")
        assert made["current_stock"] == made["minimum_stock_level"] == "0.00"
        nothing = FULL - {
            "unique_id", "name", "product_type", "status", "unit_of_measure", "current_stock",
            "minimum_stock_level", "date_created", "last_updated",
        }  # fmt: skip
        assert {name: made[name] for name in nothing} == dict.fromkeys(nothing)


class TestImages:
    def _uploaded(self, inventory, unique_id, name, content):
        answer = inventory.patch(unique_id, files={"image": (name, content, "image/png")})
        assert answer.status_code == 200, answer.text
        return answer.json()["image"]

    def test_an_image_is_kept_and_served_at_its_url(self, empty):
        unique_id, content = empty.made()["unique_id"], bodies.png(3, 2)
        url = self._uploaded(empty, unique_id, "my tea.png", content)
        assert url == f"{empty.client.base_url}media/product_images/my_tea.png"
        served = empty.client.get(url)
        assert (served.status_code, served.headers["content-type"]) == (200, "image/png")
        assert served.content == content

    def test_equal_names_get_different_urls_and_null_takes_the_image_away(self, empty):
        unique_id, other = empty.made()["unique_id"], empty.made()["unique_id"]
        first = self._uploaded(empty, unique_id, "a.png", bodies.png())
        second = self._uploaded(empty, other, "a.png", bodies.png(2, 2))
        assert first != second
        assert empty.client.get(first).content == bodies.png()
        assert empty.client.get(second).content == bodies.png(2, 2)
        assert empty.patch(unique_id, json={"image": None}).json()["image"] is None

    def test_an_image_that_was_replaced_is_not_kept(self, empty):
        unique_id = empty.made()["unique_id"]
        first = self._uploaded(empty, unique_id, "a.png", bodies.png())
        second = self._uploaded(empty, unique_id, "a.png", bodies.png(2, 2))
        assert empty.client.get(first).status_code == 404
        assert empty.client.get(second).content == bodies.png(2, 2)
        empty.patch(unique_id, json={"image": None})
        assert empty.client.get(second).status_code == 404

    def test_the_media_type_is_the_names(self, empty):
        unique_id = empty.made()["unique_id"]
        url = self._uploaded(empty, unique_id, "a.gif", bodies.png(kind="GIF"))
        assert empty.client.get(url).headers["content-type"] == "image/gif"
        url = self._uploaded(empty, unique_id, "a.eps", bodies.png(kind="EPS"))
        assert empty.client.get(url).headers["content-type"] == "application/octet-stream"

    def test_images_belong_to_their_account(self, empty, inventory_of):
        url = self._uploaded(empty, empty.made()["unique_id"], "a.png", bodies.png())
        assert inventory_of("test.empty-other").client.get(url).status_code == 404
        answer = empty.client.get(url.replace("a.png", "b.png"))
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})

    def test_what_is_no_image_is_refused_and_not_kept(self, empty):
        unique_id = empty.made()["unique_id"]
        answer = empty.patch(unique_id, files={"image": ("a.png", b"no", "image/png")})
        text = (
            "Upload a valid image. The file you uploaded was either not an image or a corrupted "
            "image."
        )
        assert answer.json() == {"image": [text]}
        assert empty.get(unique_id).json()["image"] is None
