"""The GraphQL schema: the root fields, each with the least role that may ask it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.execution import ExecutionResult

from api.errors import render
from api.graphql.context import Context, Make
from api.graphql.limits import extensions
from api.graphql.mutations import Mutation
from api.graphql.roots.entities import Query
from api.graphql.types.account import Account
from api.graphql.types.contact import Contact
from api.graphql.types.deal import Deal
from api.graphql.types.lead import Lead
from api.graphql.types.own import OwnEntity
from api.settings import ApiSettings
from kg.errors import InputError, ServerError
from kg.ontology.own import NOTHING, using
from kg.ontology.own_file import MARKER

SNAPSHOT = Path(__file__).parent / "schema.graphql"
MAKERS: Mapping[str, Make] = {
    "Deal": Deal.of,
    "Lead": Lead.of,
    "Account": Account.of,
    "Contact": Contact.of,
    MARKER: OwnEntity.of,
}


class Schema(strawberry.Schema):
    """A schema whose errors are logged by `api.errors` alone."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leave logging to `api.errors`, which masks unknown errors under an id."""


@lru_cache(maxsize=4)
def schema(settings: ApiSettings) -> Schema:
    """The schema under the limits of these settings."""
    return Schema(query=Query, mutation=Mutation, config=StrawberryConfig(), extensions=extensions(settings))


def schema_text() -> str:
    """The schema as text: what `schema.graphql` holds."""
    return schema(ApiSettings()).as_str() + "\n"


async def execute(
    context: Context, query: str, variables: dict[str, Any] | None = None, name: str | None = None
) -> ExecutionResult:
    """Execute one operation in this process: what /graphql and the explorer's pages both do."""
    try:
        own = await context.loaders.own()
    except ServerError:
        own = NOTHING  # what is asked says so itself
    try:
        with using(own):
            result = await schema(context.settings).execute(
                query, variable_values=variables, context_value=context, operation_name=name
            )
    except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as error:
        raise InputError("The request holds no query, or several and no name of the one to run.") from error
    if not isinstance(result, ExecutionResult):
        raise InputError("Only queries are answered here.")
    result.errors = [render(error) for error in result.errors] if result.errors else None
    return result
