// about: The id that each entity has now: its own, or that of the one which took its place.
UNWIND $keys AS key
OPTIONAL MATCH (own:Account|Contact|Lead|Deal {id: key})
WHERE known(own)
OPTIONAL MATCH (:Redirect {id: key})-[t:TO]->(heir:Account|Contact|Lead|Deal)
WHERE known(t, heir)
WITH key, coalesce(own, heir) AS n
WHERE n IS NOT NULL
RETURN key, collect({id: n.id, label: head(labels(n))}) AS rows
