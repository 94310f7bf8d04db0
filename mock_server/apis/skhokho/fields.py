"""The fields of a product as Django REST Framework reads them from a body.

Every rule here is the framework's own (Django REST Framework source, `rest_framework.fields`),
applied to the fields of the document's "full serializer". Where the framework takes in more than
the document's schema admits, so do these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, DecimalException
from typing import Any, ClassVar, Final, NoReturn

from mock_server.apis.skhokho.images import bare_filename, problem_of
from mock_server.apis.skhokho.models import PRODUCT_TYPES, STATUSES, UNITS_OF_MEASURE
from mock_server.engine.errors import InvalidRequest, Violation
from mock_server.engine.messages import Upload

_LONGEST_NUMBER = 1000
_SURROGATES = range(0xD800, 0xE000)


class _Absent:
    """The type of `ABSENT`."""


#: Stands for a field that was not sent, or counts as not sent.
ABSENT: Final = _Absent()


class FieldProblem(Exception):
    """A field's value is refused: one or more (keyword, limit) with the value as sent."""

    def __init__(self, problems: list[tuple[str, Any]], value: Any) -> None:
        super().__init__(", ".join(keyword for keyword, _ in problems))
        self.problems = problems
        self.value = value


@dataclass(frozen=True, slots=True)
class BodyField(ABC):
    """One field of a body; `read` gives its stored value."""

    name: str
    required: bool = False
    nullable: bool = False

    #: Whether an empty form field is a value of its own, rather than null or nothing.
    blank_is_text: ClassVar[bool] = False

    def read(self, body: Mapping[str, Any], *, form: bool, partial: bool) -> Any:
        """Return the value to store, None, or `ABSENT`; raises FieldProblem."""
        sent = self._sent(body, form=form)
        if sent is ABSENT:
            if self.required and not partial:
                self.refuse("required", sent)
            return ABSENT
        if sent is None:
            if not self.nullable:
                self.refuse("null", sent)
            return None
        return self.value_of(sent)

    def _sent(self, body: Mapping[str, Any], *, form: bool) -> Any:
        sent = body.get(self.name, ABSENT)
        if not form or sent != "" or self.blank_is_text:
            return sent
        if self.nullable:
            return None
        return sent if self.required else ABSENT

    @abstractmethod
    def value_of(self, sent: Any) -> Any:
        """Return what is stored for a value that is there and not null; raises FieldProblem."""

    def refuse(self, keyword: str, sent: Any, limit: Any = None) -> NoReturn:
        """Raise the FieldProblem of one broken rule."""
        raise FieldProblem([(keyword, limit)], sent)


@dataclass(frozen=True, slots=True)
class TextField(BodyField):
    """Text without the spaces around it; numbers are kept as their text."""

    longest: int | None = None
    blank: bool = True

    blank_is_text: ClassVar[bool] = True

    def value_of(self, sent: Any) -> str:
        """Return the trimmed text; every rule that it breaks is reported."""
        text = framework_text(sent)
        if not text.strip():
            if not self.blank:
                self.refuse("blank", sent)
            return ""
        if isinstance(sent, bool) or not isinstance(sent, str | int | Decimal):
            self.refuse("text", sent)
        text = text.strip()
        problems: list[tuple[str, Any]] = []
        if self.longest is not None and len(text) > self.longest:
            problems.append(("maxLength", self.longest))
        if "\0" in text:
            problems.append(("nul", None))
        surrogate = next((ord(one) for one in text if ord(one) in _SURROGATES), None)
        if surrogate is not None:
            problems.append(("surrogate", surrogate))
        if problems:
            raise FieldProblem(problems, sent)
        return text


@dataclass(frozen=True, slots=True)
class ChoiceField(BodyField):
    """One of a few words, exactly as they are spelled."""

    choices: tuple[str, ...] = ()

    def value_of(self, sent: Any) -> str:
        """Return the choice."""
        text = framework_text(sent)
        if text not in self.choices:
            self.refuse("enum", sent, text)
        return text


@dataclass(frozen=True, slots=True)
class DecimalField(BodyField):
    """A number with a limited number of digits, as text or as a JSON number."""

    digits: int = 15
    places: int = 2

    def value_of(self, sent: Any) -> Decimal | None:
        """Return the number with exactly its places; blank text is null where null is allowed."""
        text = framework_text(sent).strip()
        if not text and self.nullable:
            return None
        if len(text) > _LONGEST_NUMBER:
            self.refuse("numberLength", sent)
        try:
            number = Decimal(text)
        except DecimalException:
            self.refuse("number", sent)
        if not number.is_finite():
            self.refuse("number", sent)
        self._check_digits(number, sent)
        # Adding zero turns -0.00, which a database does not keep, into 0.00.
        return number.quantize(Decimal(1).scaleb(-self.places)) + 0

    def _check_digits(self, number: Decimal, sent: Any) -> None:
        _, digits, exponent = number.as_tuple()
        assert isinstance(exponent, int)  # noqa: S101 - it is a letter for NaN and infinities only
        places = max(0, -exponent)
        total = max(len(digits) + max(0, exponent), places)
        before = total - places
        if total > self.digits:
            self.refuse("digits", sent, self.digits)
        if places > self.places:
            self.refuse("places", sent, self.places)
        if before > self.digits - self.places:
            self.refuse("digitsBefore", sent, self.digits - self.places)


@dataclass(frozen=True, slots=True)
class ImageField(BodyField):
    """A file that is an image."""

    def value_of(self, sent: Any) -> Upload:
        """Return the upload."""
        if not isinstance(sent, Upload):
            self.refuse("file", sent)
        problem = problem_of(sent)
        if problem is not None:
            keyword, limit = problem
            self.refuse(keyword, sent, limit)
        return sent


PRODUCT_FIELDS: tuple[BodyField, ...] = (
    TextField("name", required=True, longest=300, blank=False),
    TextField("description", nullable=True),
    TextField("short_description", nullable=True, longest=500),
    TextField("product_code", nullable=True, longest=100),
    TextField("barcode", nullable=True, longest=100),
    ChoiceField("product_type", required=True, choices=PRODUCT_TYPES),
    TextField("category", nullable=True, longest=200),
    TextField("brand", nullable=True, longest=200),
    TextField("model_number", nullable=True, longest=200),
    ChoiceField("unit_of_measure", choices=UNITS_OF_MEASURE),
    DecimalField("cost_price", nullable=True),
    DecimalField("selling_price", nullable=True),
    DecimalField("current_stock"),
    DecimalField("minimum_stock_level"),
    DecimalField("maximum_stock_level", nullable=True),
    ChoiceField("status", choices=STATUSES),
    ImageField("image", nullable=True),
    TextField("supplier_name", nullable=True, longest=300),
)


def read_product(body: Any, *, form: bool, partial: bool) -> dict[str, Any]:
    """Return the fields of a body that are to be stored, by name; images as `Upload`s.

    `partial` asks for no required field. Raises InvalidRequest with every violation of every
    field, or the one of a body that is no object.
    """
    if body is None:
        raise InvalidRequest([Violation("body", (), "null")])
    if not isinstance(body, Mapping):
        raise InvalidRequest([Violation("body", (), "object", value=body)])
    if form:
        body = dict(_named_uploads(body))
    values: dict[str, Any] = {}
    violations: list[Violation] = []
    for field in PRODUCT_FIELDS:
        try:
            value = field.read(body, form=form, partial=partial)
        except FieldProblem as problem:
            violations += [
                Violation("body", (field.name,), keyword, limit, problem.value)
                for keyword, limit in problem.problems
            ]
        else:
            if value is not ABSENT:
                values[field.name] = value
    if violations:
        raise InvalidRequest(violations)
    return values


def _named_uploads(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The form's parts, without the files that have no name."""
    for name, value in body.items():
        if not isinstance(value, Upload):
            yield name, value
        elif filename := bare_filename(value.filename):
            yield name, replace(value, filename=filename)


def framework_text(value: Any) -> str:
    """Return a value of a body as Python prints what the framework's own reader makes of it.

    The framework reads numbers with a fraction as floats, so `1.10` prints as `1.1`; a file
    prints as its name.
    """
    return str(_as_framework_reads(value))


def _as_framework_reads(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Upload):
        return value.filename
    if isinstance(value, list):
        return [_as_framework_reads(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_framework_reads(item) for key, item in value.items()}
    return value
