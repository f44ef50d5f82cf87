"""One place renders what went wrong: expected errors as they are, all others masked under an id that the log holds."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from graphql import GraphQLError

from kg.errors import Busy, DealgraphError, Forbidden, InputError, NotFound, ServerError, StaleModel

log = logging.getLogger("dealgraph.api")

STATUS: tuple[tuple[type[DealgraphError], int], ...] = (
    (NotFound, 404),
    (InputError, 400),
    (Forbidden, 403),
    (ServerError, 503),
    (Busy, 409),
    (StaleModel, 409),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a reader is told: one sentence, a code, an HTTP status, and an id where the log knows more."""

    message: str
    code: str
    status: int
    id: str | None = None

    @property
    def extensions(self) -> dict[str, str]:
        """The machine-readable part of a GraphQL error."""
        return {"code": self.code} | ({"id": self.id} if self.id else {})


def describe(error: BaseException) -> Fault:
    """The fault that a reader is told of; an unknown error is logged under an id and masked."""
    if isinstance(error, DealgraphError):
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return Fault(str(error), error.graphql_code, status)
    id_ = secrets.token_hex(4)
    log.error("unexpected error %s", id_, exc_info=error)
    return Fault(f"Something went wrong inside Dealgraph; the log names it {id_}.", "INTERNAL", 500, id_)


def render(error: GraphQLError) -> GraphQLError:
    """A GraphQL error as it leaves: GraphQL's own complaints about the query stay, the rest goes through `describe`."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    if original is None or isinstance(original, GraphQLError):
        if (error.extensions or {}).get("code"):
            return error
        return _with(error, error.message, {"code": "BAD_INPUT"})
    fault = describe(original)
    return _with(error, fault.message, fault.extensions)


def _with(error: GraphQLError, message: str, extensions: dict[str, str]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=dict(extensions),
    )
