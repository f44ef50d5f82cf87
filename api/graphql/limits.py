"""What one query may ask for: depth, aliases, tokens, an estimated cost, and a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, SchemaExtension

from api.graphql.given import ValueGuard
from api.settings import ApiSettings
from kg.errors import InputError, ServerError

PAGE_ARGUMENTS = ("first", "k")
UNPAGED = 4
"""Rows assumed of a list that takes no page argument (nodes of a path, products of a deal)."""
UNBOUNDED = 20
"""Rows assumed of a list whose page argument was left out and has no default (contributions of a score)."""


@dataclass(slots=True)
class Weigher:
    """What a query may return: each field one value, times the rows of every list around it; and how deep it goes."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    depth: int = 0

    def cost(self, selections: SelectionSetNode | None, parent: object, level: int = 0) -> int:
        """Values that a selection on a parent type may return (in a valid query fragments exist and do not recur)."""
        self.depth = max(self.depth, level)
        total = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                total += self._field(node, parent, level)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                total += self.cost(
                    fragment.selection_set, self.schema.get_type(fragment.type_condition.name.value), level
                )
            elif isinstance(node, InlineFragmentNode):
                on = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                total += self.cost(node.selection_set, on, level)
        return total

    def _field(self, node: FieldNode, parent: object, level: int) -> int:
        if node.name.value.startswith("__"):
            return 1  # introspection answers from memory
        field = parent.fields[node.name.value] if isinstance(parent, GraphQLObjectType) else None
        if field is None:
            return 1 + self.cost(node.selection_set, None, level + 1)
        return 1 + self._rows(node, field) * self.cost(node.selection_set, get_named_type(field.type), level + 1)

    def _rows(self, node: FieldNode, field: GraphQLField) -> int:
        for name in PAGE_ARGUMENTS:
            if name in field.args:
                default = field.args[name].default_value
                rows: object = default if isinstance(default, int) else UNBOUNDED
                given = next((a.value for a in node.arguments or () if a.name.value == name), None)
                if isinstance(given, IntValueNode):
                    rows = int(given.value)
                elif isinstance(given, VariableNode):
                    rows = self.variables.get(given.name.value, rows)
                return max(rows, 1) if isinstance(rows, int) else 1
        inner = field.type.of_type if is_non_null_type(field.type) else field.type
        return UNPAGED if is_list_type(inner) else 1


class SizeLimiter(SchemaExtension):
    """Refuse a query that goes too deep or may return too much, before anything is read."""

    def __init__(self, cost: int, depth: int):
        self.most = cost
        self.deepest = depth

    def on_execute(self) -> Iterator[None]:
        """Estimate from the document and the variables given."""
        context = self.execution_context
        definitions = context.graphql_document.definitions if context.graphql_document else ()
        schema: GraphQLSchema = context.schema._schema
        fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
        weigher = Weigher(schema, fragments, context.variables or {})
        operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
        cost = sum(weigher.cost(d.selection_set, schema.get_root_type(d.operation)) for d in operations)
        if weigher.depth > self.deepest:
            raise InputError(
                f"This query is {weigher.depth} levels deep, {self.deepest} are the most: ask in two queries."
            )
        if cost > self.most:
            raise InputError(
                f"This query may return about {cost:,} values, {self.most:,} are the most: ask for fewer rows."
            )
        yield


class TimeLimiter(SchemaExtension):
    """Stop a request that takes too long; its reads are cancelled."""

    def __init__(self, seconds: float):
        self.seconds = seconds

    async def on_execute(self) -> AsyncIterator[None]:
        """Run under a time limit."""
        try:
            async with asyncio.timeout(self.seconds):
                yield
        except TimeoutError as error:
            raise ServerError(
                f"This request took longer than {self.seconds:g} s: ask for fewer rows or fields."
            ) from error


def extensions(settings: ApiSettings) -> list[Callable[[], SchemaExtension]]:
    """The extensions of the schema, outermost first."""
    return [
        lambda: MaxTokensLimiter(max_token_count=settings.lexer_limit),
        ValueGuard,
        lambda: MaxAliasesLimiter(max_alias_count=settings.alias_limit),
        lambda: SizeLimiter(settings.cost_limit, settings.depth_limit),
        lambda: TimeLimiter(settings.request_seconds),
    ]
