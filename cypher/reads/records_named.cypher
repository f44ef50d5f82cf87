// about: The keys of source records; a key is source, record id and, if given, kind.
UNWIND $keys AS key
MATCH (n:Record {source: key.source, record_id: key.record_id})
WHERE key.kind IS NULL OR n.kind = key.kind
WITH DISTINCT key, n.id AS id ORDER BY id
RETURN key, collect(id) AS ids
