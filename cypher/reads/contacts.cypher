// about: Contacts by id; an id that was given up leads to the one that took its place.
UNWIND $keys AS key
OPTIONAL MATCH (own:Contact {id: key}) WHERE known(own)
OPTIONAL MATCH (:Redirect {id: key})-[t:TO]->(heir:Contact) WHERE known(t)
WITH key, coalesce(own, heir) AS n
WHERE known(n)
RETURN key, collect(properties(n)) AS rows
