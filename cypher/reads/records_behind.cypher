// about: The source records that each entity or outcome stood on as of a moment.
UNWIND $keys AS key
MATCH (n:Record)-[r:RESOLVED_TO]->(e:Account|Contact|Lead|Deal|Outcome|Own {id: key})
WHERE known(r, n)
WITH key, n ORDER BY n.source, n.kind, n.record_id
RETURN key, collect(n.id) AS records
