// about: Contacts by id; an id that was given up leads to the one that took its place.
UNWIND $keys AS key
OPTIONAL MATCH (own:Contact {id: key})
OPTIONAL MATCH (:Redirect {id: key})-[:TO]->(heir:Contact)
WITH key, coalesce(own, heir) AS n
WHERE known(n)
RETURN key, collect(properties(n)) AS rows
