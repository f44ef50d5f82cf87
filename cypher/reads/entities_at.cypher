// about: The entity that each row's record spoke of at the row's moment; unknown records and moments give no row.
UNWIND $rows AS row
MATCH (n:Record {source: row.source, record_id: row.record_id})-[r:RESOLVED_TO]->(e)
WHERE n.kind = $kind
  AND r.known_from <= row.as_of AND (r.known_to IS NULL OR r.known_to > row.as_of)
  AND e.known_from <= row.as_of AND (e.known_to IS NULL OR e.known_to > row.as_of)
RETURN row.i AS i, min(e.id) AS id
