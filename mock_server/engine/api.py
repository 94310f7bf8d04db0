"""What a vendor package declares: its `API`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from mock_server.engine.context import Context
from mock_server.engine.cors import CorsPolicy
from mock_server.engine.credentials import Credential
from mock_server.engine.errors import NEUTRAL_ERRORS, ApiError, Violation
from mock_server.engine.messages import Reply, Request
from mock_server.engine.parameters import BooleanWords, strict_query
from mock_server.engine.rate_limit import RateLimit
from mock_server.state.sandbox import Sandbox
from mock_server.state.store import Transaction

if TYPE_CHECKING:
    import httpx

    from mock_server.seeding.catalogue import Catalogue
    from mock_server.seeding.fake import Fake
    from mock_server.seeding.odd_values import MessyTable
    from mock_server.seeding.personas import Persona

#: Answers a valid request; may raise any `ApiError`.
Handler = Callable[[Request, Context], Reply]
#: Says what a schema cannot: runs beside the schema's validation, so that all violations are
#: reported at once. It may see a body that breaks the schema, but never one of the wrong type.
Rule = Callable[[Request, Context], Iterable[Violation]]
#: Names the credential word of a call whose operation has no security scheme.
Identify = Callable[[Request], str | None]
#: Reads a request's query: its values by name, in their order. May raise MalformedRequest.
QueryReader = Callable[[Request], Mapping[str, list[str]]]
#: Reads a request's body from its bytes: its value, and the declared media type whose schema the
#: value is to fit. May raise MalformedRequest and UnsupportedMediaType.
InputReader = Callable[[Request, bytes], tuple[Any, str]]
#: Renders one neutral error as the vendor does.
Renderer = Callable[[Any, Request], Reply]


@dataclass(frozen=True, slots=True)
class Implementation:
    """How one operation is carried out.

    With `judges_body` the handler decides which bodies are valid: where a vendor takes in more
    than a schema can say, the schema describes and the handler judges. A `long` handler is a
    generator, see `engine.worker`; only an API with a home can have one.
    """

    handler: Handler
    rules: tuple[Rule, ...] = ()
    identify: Identify | None = None
    judges_body: bool = False
    long: bool = False


class Operations:
    """The implementations of an API, by operationId."""

    def __init__(self) -> None:
        self._implementations: dict[str, Implementation] = {}

    def handles(
        self,
        *operation_ids: str,
        rules: Iterable[Rule] = (),
        identify: Identify | None = None,
        judges_body: bool = False,
        long: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make the decorated function the handler of these operations; see `Implementation`.

        Raises ValueError if one of them has a handler already.
        """

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            for operation_id in operation_ids:
                if operation_id in self._implementations:
                    raise ValueError(f"{operation_id} is handled twice")
                self._implementations[operation_id] = Implementation(
                    handler, tuple(rules), identify, judges_body, long
                )
            return handler

        return register

    def judge_all(self, rule: Rule) -> None:
        """Have a rule judge the calls of every operation that has a handler by now."""
        self._implementations = {
            name: replace(each, rules=(*each.rules, rule))
            for name, each in self._implementations.items()
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._implementations)

    def __contains__(self, operation_id: object) -> bool:
        return operation_id in self._implementations

    def __getitem__(self, operation_id: str) -> Implementation:
        return self._implementations[operation_id]


class ErrorTable:
    """How one vendor words each neutral error: the only place that knows its status and body."""

    def __init__(self, renderers: Mapping[type[ApiError], Renderer]) -> None:
        missing = [error.__name__ for error in NEUTRAL_ERRORS if error not in renderers]
        if missing:
            raise ValueError(f"the error table lacks {', '.join(missing)}")
        self._renderers = dict(renderers)

    def __contains__(self, kind: type[ApiError]) -> bool:
        return kind in self._renderers

    def render(self, error: ApiError, request: Request) -> Reply:
        """Return the vendor's answer for `error`, or for the nearest class it is one of."""
        for kind in type(error).__mro__:
            if kind in self._renderers:
                return self._renderers[kind](error, request)
        raise LookupError(f"{type(error).__name__} is not in the error table")


@dataclass(frozen=True, slots=True)
class FirstCall:
    """A call that works right after the start, for the line that `serve` prints.

    `path` is below the API's base URL; `arguments` are curl's, with a working credential.
    """

    path: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Api:
    """Everything about one vendor that its spec does not say.

    `sandbox_key_of` turns a presented credential into the key that chooses the sandbox, or None
    if it has not the vendor's form. With `skips_refused_credentials`, one not accepted makes
    room for the next scheme's (Django REST Framework), and is refused only if there is none.
    `admit` may then refuse it for what the sandbox's state says
    (raises Unauthenticated or Forbidden), and `check_csrf`, where a sandbox asks for it, for what
    does not show that the request comes from the site of the session (raises CrossSiteRequest; it
    gets the credential, the request and its body). `sign_in` gets, with a client of the API, the
    credential that presents a word, where the word itself is none (a token must be asked for).
    `seed` puts a persona's records into an empty state; `messy` are the fields of them that can
    have odd values; `catalogue` says how goods are kept that other vendors have too.

    `trailing_slash`: `ignore` treats `/x/` as `/x`; `append` redirects (301) `/x` to `/x/`,
    whatever the method, where only that exists; `strict` does neither. `doubled_slashes`: `ignore`
    treats `//x///y` as `/x/y`. With `fixed_paths_first`, a path that is written out hides one with
    a parameter in its place for every method (Django), not only for the methods it has itself
    (Rails, Laravel). With `empty_body_is_object`, an absent body counts as `{}` where a body is
    declared.

    `read_query` and `read_body` read as the vendor's framework does, where that is not by the spec
    alone: other charsets, bodies of other types, middleware that changes what was sent. `cors` is
    what the vendor's framework lets pages of other origins do; an option of the server replaces it.

    An API about the server itself has no records and no credentials that choose a sandbox. All its
    calls run on `home`: they enter no journal and meet no faults, and whoever serves the API guards
    it.
    """

    name: str
    operations: Operations
    errors: ErrorTable
    sandbox_key_of: Callable[[Credential], str | None]
    seed: Callable[[Transaction, Persona, Fake], None]
    first_call: FirstCall
    messy: tuple[MessyTable, ...] = ()
    catalogue: Catalogue | None = None
    skips_refused_credentials: bool = False
    admit: Callable[[Credential, Context], None] | None = None
    check_csrf: Callable[[Credential, Request, bytes], None] | None = None
    sign_in: Callable[[str, httpx.Client], str] | None = None
    trailing_slash: Literal["ignore", "append", "strict"] = "strict"
    doubled_slashes: Literal["ignore", "strict"] = "strict"
    fixed_paths_first: bool = False
    boolean_words: BooleanWords = field(default_factory=BooleanWords)
    empty_body_is_object: bool = False
    read_query: QueryReader = strict_query
    read_body: InputReader | None = None
    cors: CorsPolicy | None = None
    rate_limit: RateLimit | None = None
    home: Sandbox | None = None
