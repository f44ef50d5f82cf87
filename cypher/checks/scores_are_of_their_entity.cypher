// about: Every score hangs on the entity that its entity_id names.
MATCH (s:Score)
WHERE NOT EXISTS { (s)-[:OF]->(e:Deal|Lead|Account|Contact|Own) WHERE e.id = s.entity_id }
RETURN s.id AS id, 'no OF to ' + coalesce(s.entity_id, 'nothing') AS found
