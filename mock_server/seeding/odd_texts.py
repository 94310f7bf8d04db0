# ruff: noqa: RUF001 - letters that look like others are what some of these texts are about
"""The odd texts and instants of messy records."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime


def _forms(text: str) -> tuple[tuple[str, str], ...]:
    return (
        ("composed, NFC", unicodedata.normalize("NFC", text)),
        ("decomposed, NFD", unicodedata.normalize("NFD", text)),
    )


#: The odd texts: dimension, what is odd about it, and the text.
TEXTS: tuple[tuple[str, str, str], ...] = (
    ("right-to-left", "Arabic", "صابون زيت الزيتون ٢٥٠ مل"),
    ("right-to-left", "Hebrew", "סבון שמן זית"),
    ("right-to-left", "Arabic between Latin words", "Soap صابون 250 ml (جديد)"),
    ("right-to-left", "an override of the direction", "SKU \u202egpj.exe\u202c"),
    ("emoji", "one of two UTF-16 units", "Soap 🧼"),
    ("emoji", "joined by zero width joiners", "Family pack 👩‍👩‍👧‍👦"),
    ("emoji", "a skin tone", "Hand balm 🤲🏾"),
    ("emoji", "a flag and a keycap", "Size 1️⃣ 🇿🇦"),
    ("emoji", "a flag of tags", "Whisky 🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
    ("emoji", "emoji alone", "🧴🧽🪥"),
    ("combining-marks", "a combining mark after its letter", "Cafe\u0301 crème"),
    ("combining-marks", "two marks on a letter", "Vie\u0323\u0302t balm"),
    ("combining-marks", "many marks", "Z\u0351\u0343\u0302\u0363a\u0334\u0329\u030el\u0332g"),
    ("combining-marks", "Devanagari and Thai clusters", "क्षि น้ำผึ้ง"),
    ("look-alikes", "Cyrillic letters", "Ѕоар Ваlm"),
    ("look-alikes", "Greek letters", "Ηand Βalm"),
    ("look-alikes", "full width", "Ｓｏａｐ １００ｇ"),
    ("look-alikes", "a zero width space and a soft hyphen", "Hand\u200bBalm soft\u00adsoap"),
    ("look-alikes", "a dotless i and a long s", "ıce ſoap straße"),
    *(("normal-forms", note, text) for note, text in _forms("Crème brûlée Å Ệ")),
    *(("normal-forms", note, text) for note, text in _forms("한글 비누")),
    ("normal-forms", "a ligature and an ohm sign", "ﬁne balm 5 Ω"),
    ("spaces", "at both ends", "  Spaces around  "),
    ("spaces", "at the end", "Space after "),
    ("spaces", "several in a row", "Wide   gap"),
    ("spaces", "no-break and narrow spaces", "100\u00a0g\u202fnet"),
    ("spaces", "an ideographic space", "手工皂\u3000100 g"),
    ("line-breaks", "a line feed", "First line\nSecond line"),
    ("line-breaks", "a carriage return and a line feed", "First line\r\nSecond line"),
    ("line-breaks", "a tab", "Column\tColumn"),
    ("line-breaks", "a line separator", "First line\u2028Second line"),
    ("formulas", "a formula", "=1+1"),
    ("formulas", "a formula that runs a program", "=cmd|' /C calc'!A0"),
    ("formulas", "a sum behind an at sign", "@SUM(A1:A9)"),
    ("formulas", "a minus in front", "-2+3"),
    ("formulas", "what becomes a date", "1-2"),
    ("formulas", "what becomes a number", "1E5"),
    ("formulas", "leading zeros", "00012345"),
    ("formulas", "commas and quotes", 'Balm, "large", 5'),
    ("html", "an element", "<b>Bold</b> & Co."),
    ("html", "a script", "<script>alert(1)</script>"),
    ("html", "an attribute", '"><img src=x onerror=alert(1)>'),
    ("html", "an entity", "Fish &amp; chips &lt;large&gt;"),
    ("html", "a template", "{{7*7}} ${7*7} %s {0}"),
    ("html", "JSON", '{"name": null}'),
    ("sql", "a quote", "O'Brien's balm"),
    ("sql", "a statement", "'; DROP TABLE products; --"),
    ("sql", "a condition", "' OR '1'='1"),
    ("sql", "wildcards", "50% off_all"),
    ("sql", "a path", "../../etc/passwd"),
    ("sql", "a command", "$(reboot) `id` | cat"),
    ("sql", "a word that means nothing elsewhere", "NULL"),
    ("sql", "another one", "undefined"),
    ("sql", "a backslash", "back\\slash \\n"),
)  # fmt: skip


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


#: The odd instants, all before the seeded year.
MOMENTS: tuple[tuple[str, datetime], ...] = (
    ("the first second of a leap day", _at("2024-02-29T00:00:00")),
    ("the last second of a leap day", _at("2024-02-29T23:59:59")),
    ("a leap day in the east already", _at("2024-02-28T13:30:00")),
    ("the last second before European summer time", _at("2024-03-31T00:59:59")),
    ("European summer time begins", _at("2024-03-31T01:00:00")),
    ("the hour that Europe has twice", _at("2024-10-27T00:30:00")),
    ("the same hour again", _at("2024-10-27T01:30:00")),
    ("Sydney's summer time ends", _at("2024-04-06T16:00:00")),
    ("Sydney's summer time begins", _at("2024-10-05T16:00:00")),
    ("New York's summer time begins", _at("2024-03-10T07:00:00")),
    ("New York's summer time ends", _at("2024-11-03T06:00:00")),
    ("the last second of a year", _at("2024-12-31T23:59:59")),
    ("the first second of a year", _at("2024-01-01T00:00:00")),
    ("another year in the east already", _at("2023-12-31T14:00:00")),
)
