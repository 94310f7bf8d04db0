"""Answers of a shape that the spec does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lab.mutants.defect import Scene, Site, defects
from lab.mutants.interceptors import on_status
from lab.mutants.messages import Response
from lab.mutants.roles import OK, refusals, successes

_BODILESS = 204


@defects("undeclared-status", "a success has a status that is not declared", semantic=False)
def undeclared_status(scene: Scene) -> Iterator[Site]:
    """Answer 203 or 207 for the declared success."""
    for operation in scene.vendor.spec.operations.values():
        for status in operation.responses:
            if status < OK:
                new = next(each for each in (203, 207) if each not in operation.responses)
                change = partial(_with_status, new)
                yield Site(
                    operation.id, str(status), partial(on_status, operation.id, status, change)
                )


def _with_status(status: int, given: Response) -> Response:
    return Response(status, given.headers, given.body)


@defects("undeclared-refusal", "a refusal has a status that is not declared", semantic=False)
def undeclared_refusal(scene: Scene) -> Iterator[Site]:
    """Answer 418 for a declared refusal."""
    for operation, status, _ in refusals(scene):
        change = partial(_with_status, 418)
        yield Site(operation.id, str(status), partial(on_status, operation.id, status, change))


@defects("wrong-content-type", "JSON is called text/html", semantic=False)
def wrong_content_type(scene: Scene) -> Iterator[Site]:
    """Label the body as something else."""
    for operation, status, _ in successes(scene):

        def change(given: Response) -> Response:
            return given.with_header(b"content-type", b"text/html; charset=utf-8")

        yield Site(operation.id, str(status), partial(on_status, operation.id, status, change))


@defects("no-content-type", "JSON is not called anything", semantic=False)
def no_content_type(scene: Scene) -> Iterator[Site]:
    """Leave out the label of the body."""
    for operation, status, _ in successes(scene):

        def change(given: Response) -> Response:
            return given.with_header(b"content-type", None)

        yield Site(operation.id, str(status), partial(on_status, operation.id, status, change))


@defects("invalid-json", "the body ends in the middle", semantic=False)
def invalid_json(scene: Scene) -> Iterator[Site]:
    """Cut the last character off."""
    for operation, status, _ in successes(scene):

        def change(given: Response) -> Response:
            return given.with_body(given.body[:-1])

        yield Site(operation.id, str(status), partial(on_status, operation.id, status, change))


@defects("empty-body", "a success has no body", semantic=False)
def empty_body(scene: Scene) -> Iterator[Site]:
    """Send nothing where the spec has JSON."""
    for operation, status, _ in successes(scene):

        def change(given: Response) -> Response:
            return given.with_body(b"")

        yield Site(operation.id, str(status), partial(on_status, operation.id, status, change))


@defects("body-in-a-list", "the body is wrapped in a list", semantic=False)
def body_in_a_list(scene: Scene) -> Iterator[Site]:
    """Wrap the body."""
    for operation, status, _ in successes(scene):

        def change(given: Response) -> Response:
            return given.with_body(b"[" + given.body + b"]")

        yield Site(operation.id, str(status), partial(on_status, operation.id, status, change))
