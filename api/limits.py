"""What one query may ask for: depth, aliases, tokens, an estimated cost, and a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter, SchemaExtension

from api.errors import render
from api.settings import ApiSettings
from kg.errors import InputError, ServerError

PAGE_ARGUMENTS = ("first", "k")
UNPAGED = 4
"""Rows assumed of a list that takes no page argument (nodes of a path, products of a deal)."""


class Cost:
    """The values a query may return: each field one, times the rows of every list around it."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]):
        self.schema = schema
        self.fragments = fragments
        self.variables = variables

    def of(self, selections: SelectionSetNode | None, parent: object, seen: frozenset[str] = frozenset()) -> int:
        """Cost of a selection on a parent type."""
        if selections is None:
            return 0
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += self._field(node, parent, seen)
            elif isinstance(node, InlineFragmentNode):
                on = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                total += self.of(node.selection_set, on, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                fragment = self.fragments.get(node.name.value)
                if fragment is not None:
                    on = self.schema.get_type(fragment.type_condition.name.value)
                    total += self.of(fragment.selection_set, on, seen | {node.name.value})
        return total

    def _field(self, node: FieldNode, parent: object, seen: frozenset[str]) -> int:
        if not isinstance(parent, GraphQLObjectType) or node.name.value not in parent.fields:
            # `__typename`, introspection and members of a union cost what they hold
            return 1 + (self.of(node.selection_set, None, seen) if not isinstance(parent, GraphQLUnionType) else 0)
        field = parent.fields[node.name.value]
        return 1 + self._rows(node, field) * self.of(node.selection_set, get_named_type(field.type), seen)

    def _rows(self, node: FieldNode, field: GraphQLField) -> int:
        for name in PAGE_ARGUMENTS:
            if name in field.args:
                given = next((a.value for a in node.arguments if a.name.value == name), None)
                default = field.args[name].default_value
                rows = default if isinstance(default, int) else UNPAGED * 5
                if isinstance(given, IntValueNode):
                    rows = int(given.value)
                elif isinstance(given, VariableNode):
                    rows = self.variables.get(given.name.value, rows)
                return max(rows, 1) if isinstance(rows, int) else 1
        inner = field.type.of_type if is_non_null_type(field.type) else field.type
        return UNPAGED if is_list_type(inner) else 1


class CostLimiter(SchemaExtension):
    """Refuse a query whose estimated cost is above the limit, before anything is read."""

    def __init__(self, limit: int):
        self.limit = limit

    def on_execute(self) -> Iterator[None]:  # type: ignore[override]
        """Estimate from the document and the variables given."""
        context = self.execution_context
        document = context.graphql_document
        if document is None:
            yield
            return
        schema: GraphQLSchema = context.schema._schema  # type: ignore[attr-defined]
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        cost = Cost(schema, fragments, context.variables or {})
        named = context.operation_name
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        chosen = [d for d in operations if named is None or (d.name is not None and d.name.value == named)]
        total = sum(cost.of(d.selection_set, schema.get_root_type(d.operation)) for d in chosen)
        if total > self.limit:
            raise InputError(
                f"This query may return about {total:,} values, {self.limit:,} are the most: ask for fewer rows (`first`) or fields."
            )
        yield


class TimeLimiter(SchemaExtension):
    """Stop a request that takes too long; its reads are cancelled."""

    def __init__(self, seconds: float):
        self.seconds = seconds

    async def on_execute(self) -> AsyncIterator[None]:  # type: ignore[override]
        """Run under a time limit."""
        try:
            async with asyncio.timeout(self.seconds):
                yield
        except TimeoutError as error:
            raise ServerError(f"This request took longer than {self.seconds:g} s: ask for fewer rows or fields.") from error


class Render(SchemaExtension):
    """Every error leaves through `api.errors`."""

    def on_operation(self) -> Iterator[None]:  # type: ignore[override]
        """Render what went wrong, once the operation has ended."""
        yield
        result = self.execution_context.result
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [render(error) for error in errors]  # type: ignore[union-attr]


def extensions(settings: ApiSettings) -> list[Callable[[], SchemaExtension]]:
    """The extensions of the schema, outermost first."""
    return [
        Render,
        lambda: MaxTokensLimiter(max_token_count=settings.lexer_limit),
        lambda: MaxAliasesLimiter(max_alias_count=settings.alias_limit),
        lambda: QueryDepthLimiter(max_depth=settings.depth_limit),
        lambda: CostLimiter(settings.cost_limit),
        lambda: TimeLimiter(settings.request_seconds),
    ]
