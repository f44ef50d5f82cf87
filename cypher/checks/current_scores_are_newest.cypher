// about: Only a newest score of an entity is marked as current, and only one of each name.
MATCH (s:Score:Current)
MATCH (other:Score {name: s.name, entity_id: s.entity_id})
WHERE other.id <> s.id AND (other.as_of > s.as_of OR other:Current)
RETURN s.id AS id, 'beside ' + other.id AS found
