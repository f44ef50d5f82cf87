// about: The moment of the current scores of a name.
MATCH (s:Current:Score {name: $name})
RETURN max(s.as_of) AS as_of
