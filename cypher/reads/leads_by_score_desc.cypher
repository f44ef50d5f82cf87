// about: A page of leads by their current score, highest first, from the cursor on.
MATCH (s:Score:Current {name: $score})
WHERE s.value >= $min_score AND s.value <= $max_score
  AND ($at_value IS NULL OR s.value < $at_value OR (s.value = $at_value AND s.entity_id < $at_id))
MATCH (d:Lead {id: s.entity_id})
WHERE known(d)
  AND ($status IS NULL OR seen(d.status) = $status) AND ($source IS NULL OR seen(d.source) = $source)
  AND ($text IS NULL OR toLower(seen(d.company)) CONTAINS $text)
  AND ($created_after IS NULL OR d.created_at >= $created_after) AND ($created_before IS NULL OR d.created_at < $created_before)
  AND ($converted IS NULL OR $converted = (d.converted_at IS NOT NULL))
  AND ($account IS NULL OR EXISTS { (d)-[:AT]->(:Account {id: $account}) })
  AND holds(d)
WITH d, s ORDER BY s.value DESC, s.entity_id DESC LIMIT $first
RETURN properties(d) AS row, s.value AS value
