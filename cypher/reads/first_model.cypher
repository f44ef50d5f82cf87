// about: The moment as of which the first model of a score was learned, of those learned before a moment.
MATCH (m:Model {name: $name}) WHERE m.as_of < $as_of
RETURN min(m.as_of) AS first
