// about: Remove scores of the same name and moment that an older run wrote: of entities that are no more and, unless models
//     are kept beside each other, of a model that was replaced.
MATCH (s:Score {name: $name}) WHERE s.as_of = $as_of AND s.run <> $run AND (NOT $keep OR s.version = $version)
DETACH DELETE s
RETURN count(*) AS removed
