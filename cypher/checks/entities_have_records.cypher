// about: Every entity that is not closed rests on a record that resolved to it.
MATCH (e:Account|Contact|Lead|Deal|Outcome)
WHERE e.known_to IS NULL AND NOT EXISTS { (:Record)-[:RESOLVED_TO]->(e) }
RETURN e.id AS id, labels(e)[0] + ' without a record' AS found
