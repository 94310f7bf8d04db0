"""Pictures of items."""

from __future__ import annotations

from tests.contract_tests.toy.state import Asked, Record, Refusal, Reply


def keep(asked: Asked, file: Record) -> str:
    """Keep a file, and return its identifier."""
    known = f"file-{next(asked.toy.numbers)}"
    if asked.on("files of one name are one"):
        known = file["name"]
    asked.account.files[known] = file
    return known


def _file(asked: Asked) -> Record:
    accounts = [asked.account]
    if asked.on("files are everybody's"):
        accounts = list(asked.toy.accounts.values())
    known = asked.path["file"]
    found = next((each.files[known] for each in accounts if known in each.files), None)
    if found is None or asked.path["house"] != "main":
        raise Refusal(404, "there is no such file")
    return found


def read_file(asked: Asked) -> Reply:
    """Answer with a file's bytes."""
    content = _file(asked)["content"]
    if asked.on("files are corrupted"):
        content = content[:-1]
    return Reply(200, content, media_type="image/png")


def describe_file(asked: Asked) -> Reply:
    """Say what a file is."""
    file = _file(asked)
    size = len(file["content"]) + asked.on("a file's size is wrong")
    return Reply(200, {"name": file["name"], "media_type": file["media_type"], "size": size})
