// about: Whether a model has scores of a moment.
RETURN EXISTS { MATCH (s:Score {name: $name}) WHERE s.as_of = $as_of AND s.version = $version } AS scored
