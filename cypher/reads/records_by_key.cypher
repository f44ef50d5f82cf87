// about: Source records by source, record id and, if given, kind; with the entity of each, and of a lead the contact that it is.
UNWIND $keys AS key
MATCH (n:Record {source: key.source, record_id: key.record_id})
WHERE (key.kind IS NULL OR n.kind = key.kind) AND known(n) AND (key.own OR seen(n.record_id) IS NOT NULL)
OPTIONAL MATCH (n)-[t:RESOLVED_TO]->(e:Account|Contact|Lead|Deal|Outcome)
WHERE known(t)
OPTIONAL MATCH (e)-[i:IS]->(person:Contact)
WHERE known(i)
WITH key, n, e, person ORDER BY n.kind, e.id, person.id
RETURN key, collect({record: properties(n), entity: e.id, person: person.id}) AS rows
