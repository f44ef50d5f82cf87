// about: Leads by id; an id that was given up leads to the one that took its place.
UNWIND $keys AS key
OPTIONAL MATCH (own:Lead {id: key}) WHERE known(own)
OPTIONAL MATCH (:Redirect {id: key})-[t:TO]->(heir:Lead) WHERE known(t)
WITH key, coalesce(own, heir) AS n
WHERE known(n)
RETURN key, collect(properties(n)) AS rows
