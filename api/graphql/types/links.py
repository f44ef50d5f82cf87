"""Types that lead back to one another, named by label, so that no two files import each other."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from typing import TypeAlias

    Account: TypeAlias = object
    Contact: TypeAlias = object
    Deal: TypeAlias = object
    Lead: TypeAlias = object

AccountLink = Annotated["Account", strawberry.lazy("api.graphql.types.account")]
ContactLink = Annotated["Contact", strawberry.lazy("api.graphql.types.contact")]
DealLink = Annotated["Deal", strawberry.lazy("api.graphql.types.deal")]
LeadLink = Annotated["Lead", strawberry.lazy("api.graphql.types.lead")]
