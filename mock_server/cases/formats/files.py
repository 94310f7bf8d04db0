"""Cases as one file, in each of the formats."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

from mock_server.cases.formats import data
from mock_server.cases.formats.bruno import as_bruno
from mock_server.cases.formats.curl import as_curl
from mock_server.cases.formats.http_file import as_http
from mock_server.cases.formats.postman import as_environment, as_postman
from mock_server.cases.formats.pytest_module import as_pytest
from mock_server.cases.formats.sent import Target
from mock_server.cases.model import Case

_Writer = Callable[[Sequence[Case], Target], str]
#: A zip file needs a time for each of its parts, and the same cases the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def file_of(
    form: str, cases: Sequence[Case], target: Target, left_out: Sequence[Case] = ()
) -> bytes:
    """Return the bytes of a file with cases; a Bruno collection, which is a folder, is a zip file.

    `left_out` are cases that were not kept, which only `junit` names.
    """
    if form == "bruno":
        return _zipped(as_bruno(cases, target), f"{target.api}-cases")
    writers: Mapping[str, _Writer] = {
        "json": data.as_json,
        "ndjson": data.as_ndjson,
        "csv": data.as_csv,
        "http": as_http,
        "curl": as_curl,
        "pytest": as_pytest,
        "postman": as_postman,
        "postman-environment": lambda _, where: as_environment(where),
        "junit": lambda each, where: data.as_junit(each, where, left_out),
    }
    return writers[form](cases, target).encode()


def _zipped(files: Mapping[str, str], folder: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as result:
        for path, text in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            result.writestr(entry, text.encode())
    return content.getvalue()
