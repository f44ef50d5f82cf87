// about: Remove scores of the same name and moment that an older run wrote: they were about entities that are no more, or from a model that was replaced.
MATCH (s:Score {name: $name}) WHERE s.as_of = $as_of AND s.run <> $run
DETACH DELETE s
RETURN count(*) AS removed
