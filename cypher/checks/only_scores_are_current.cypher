// about: The mark Current stands on scores alone.
MATCH (n:Current)
WHERE NOT n:Score
RETURN coalesce(n.id, '?') AS id, 'is ' + labels(n)[0] AS found
