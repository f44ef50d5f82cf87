// about: A page of deals by their current score, highest first, from the cursor on.
MATCH (s:Score:Current {name: $score})
WHERE s.value >= $min_score AND s.value <= $max_score
  AND ($at_value IS NULL OR s.value < $at_value OR (s.value = $at_value AND s.entity_id < $at_id))
MATCH (d:Deal {id: s.entity_id})
WHERE known(d)
  AND ($state IS NULL OR d.state = $state) AND ($kind IS NULL OR d.kind = $kind)
  AND ($stage IS NULL OR seen(d.stage) = $stage) AND ($text IS NULL OR toLower(seen(d.name)) CONTAINS $text)
  AND ($min_amount IS NULL OR d.amount >= $min_amount) AND ($max_amount IS NULL OR d.amount <= $max_amount)
  AND ($opened_after IS NULL OR d.opened_at >= $opened_after) AND ($opened_before IS NULL OR d.opened_at < $opened_before)
  AND ($account IS NULL OR EXISTS { (d)-[:WITH]->(:Account {id: $account}) })
  AND ($owner IS NULL OR EXISTS { (d)<-[o:OWNS]-(:Rep {id: $owner}) WHERE o.to IS NULL OR o.to > $as_of })
  AND holds(d)
WITH d, s ORDER BY s.value DESC, s.entity_id DESC LIMIT $first
RETURN properties(d) AS row, s.value AS value
