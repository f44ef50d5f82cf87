// about: A page of the deals that have no current score (`by` is empty) or lack the property `by`, by id, from the cursor on.
MATCH (d:Deal)
WHERE known(d)
  AND ($at_id IS NULL OR d.id > $at_id)
  AND (($by IS NULL AND NOT EXISTS { (d)<-[:OF]-(:Current {name: $score}) }) OR ($by IS NOT NULL AND seen(d[$by]) IS NULL))
  AND ($state IS NULL OR d.state = $state) AND ($kind IS NULL OR d.kind = $kind)
  AND ($stage IS NULL OR seen(d.stage) = $stage) AND ($text IS NULL OR toLower(seen(d.name)) CONTAINS $text)
  AND ($min_amount IS NULL OR d.amount >= $min_amount) AND ($max_amount IS NULL OR d.amount <= $max_amount)
  AND ($opened_after IS NULL OR d.opened_at >= $opened_after) AND ($opened_before IS NULL OR d.opened_at < $opened_before)
  AND ($account IS NULL OR EXISTS { (d)-[:WITH]->(:Account {id: $account}) })
  AND ($owner IS NULL OR EXISTS { (d)<-[o:OWNS]-(:Rep {id: $owner}) WHERE o.to IS NULL OR o.to > $as_of })
  AND holds(d)
WITH d ORDER BY d.id LIMIT $first
RETURN properties(d) AS row, null AS value
