"""The one error tree of Dealgraph. Every class says who must act; the message names place, value and remedy.

DealgraphError                 exit 1   INTERNAL
├── ConfigurationError         exit 2   CONFIGURATION   a setting, a mapping or a file of ours is wrong
│   ├── BadQuery                                        a Cypher file breaks its kind's contract
│   └── BadMapping                                      sources.toml says something that cannot be done
├── InputError                 exit 3   BAD_INPUT       the data or the request is wrong
│   ├── SourceRefused                                   one source cannot be read; the others go on
│   └── NotFound               exit 4   NOT_FOUND       the thing asked for is not there
├── ServerError                exit 5   UNAVAILABLE     Neo4j or the machine is not ready
│   ├── QueryStopped                                    Neo4j stopped a query at its limit of time or memory
│   └── FeatureFailed                                   a feature that a model needs cannot be computed
├── Busy                       exit 6   BUSY            another run holds the lock
├── StaleModel                 exit 7   STALE_MODEL     a model meets features it was not trained on
├── IntegrityError             exit 8   INTEGRITY       an audit, a checksum or a digest does not hold
├── Forbidden                  exit 9   FORBIDDEN       not signed in, or the role does not allow it
└── NeedsApproval              exit 10  NEEDS_APPROVAL  a run would change more than passes unseen
"""


class DealgraphError(Exception):
    """Anything Dealgraph says on purpose; unknown errors are masked at the doors."""

    exit_code = 1
    graphql_code = "INTERNAL"


class ConfigurationError(DealgraphError):
    """A setting, a mapping or a file of ours is wrong: change it and run again."""

    exit_code = 2
    graphql_code = "CONFIGURATION"


class BadQuery(ConfigurationError):
    """A Cypher file breaks the contract of its kind; the message begins with file:line."""


class BadMapping(ConfigurationError):
    """A mapping names a column, kind or value that does not exist; the message names the valid ones."""


class InputError(DealgraphError):
    """The data or the request is wrong: correct it and ask again."""

    exit_code = 3
    graphql_code = "BAD_INPUT"


class SourceRefused(InputError):
    """One source cannot be read as a whole; its earlier records stay and the other sources go on."""


class NotFound(InputError):
    """The thing asked for does not exist, or was not known at the moment asked about."""

    exit_code = 4
    graphql_code = "NOT_FOUND"


class ServerError(DealgraphError):
    """Neo4j or this machine is not ready: the message says what to start, free or wait for."""

    exit_code = 5
    graphql_code = "UNAVAILABLE"


class QueryStopped(ServerError):
    """Neo4j stopped a query at its limit of time or memory: ask for less, or raise what the message names."""


class FeatureFailed(ServerError):
    """A feature could not be computed, so nothing is answered from it; `feature` and `reason` say which and why."""

    def __init__(self, feature: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"Feature {feature} could not be computed: {reason}.{f' {remedy}' if remedy else ''}")
        self.feature, self.reason = feature, reason


class Busy(DealgraphError):
    """Another run holds the lock; the message names it."""

    exit_code = 6
    graphql_code = "BUSY"


class StaleModel(DealgraphError):
    """A model meets features whose files changed since it was trained: retrain or restore the file named."""

    exit_code = 7
    graphql_code = "STALE_MODEL"


class IntegrityError(DealgraphError):
    """An audit, a checksum or a digest does not hold: the message names the first thing that differs."""

    exit_code = 8
    graphql_code = "INTEGRITY"


class Forbidden(DealgraphError):
    """Not signed in, or the role does not allow this; the message names the role needed."""

    exit_code = 9
    graphql_code = "FORBIDDEN"


class NeedsApproval(DealgraphError):
    """A run would end more records, or merge or split more entities, than pass unseen: look at why, then approve it."""

    exit_code = 10
    graphql_code = "NEEDS_APPROVAL"
