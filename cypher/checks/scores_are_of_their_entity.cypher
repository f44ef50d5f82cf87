// about: Every score hangs on the entity that its entity_id names, the score of a pair on the first of both.
MATCH (s:Score)
WHERE NOT EXISTS { (s)-[:OF]->(e:Deal|Lead|Account|Contact|Own) WHERE e.id = CASE WHEN s.second_id IS NULL THEN s.entity_id ELSE split(s.entity_id, '|')[0] END }
RETURN s.id AS id, 'no OF to ' + coalesce(s.entity_id, 'nothing') AS found
