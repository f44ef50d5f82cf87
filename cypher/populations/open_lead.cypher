// about: Leads that are open as of a moment: known, and no deal has grown from them yet.
MATCH (l:Lead)
WHERE known(l) AND (l.created_at IS NULL OR l.created_at <= $as_of)
  AND NOT EXISTS { MATCH (d:Deal)-[r:GREW_FROM]->(l) WHERE known(r) }
RETURN l.id AS id ORDER BY id
