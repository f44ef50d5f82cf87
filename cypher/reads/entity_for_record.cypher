// about: The entities that source records speak of; a key is source, record id and, if given, kind.
UNWIND $keys AS key
MATCH (n:Record {source: key.source, record_id: key.record_id})-[r:RESOLVED_TO]->(e)
WHERE (key.kind IS NULL OR n.kind = key.kind) AND known(r) AND seen(n.record_id) IS NOT NULL
WITH key, n, e ORDER BY n.kind, e.id
RETURN key, collect({label: head([l IN labels(e) WHERE l <> 'Own']), kind: n.kind, entity: properties(e)}) AS rows
