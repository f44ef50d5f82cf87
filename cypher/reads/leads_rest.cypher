// about: A page of the leads that have no current score (`by` is empty) or lack the property `by`, by id, from the cursor on.
MATCH (d:Lead)
WHERE known(d)
  AND ($at_id IS NULL OR d.id > $at_id)
  AND (($by IS NULL AND NOT EXISTS { (d)<-[:OF]-(:Current {name: $score}) }) OR ($by IS NOT NULL AND seen(d[$by]) IS NULL))
  AND ($status IS NULL OR seen(d.status) = $status) AND ($source IS NULL OR seen(d.source) = $source)
  AND ($text IS NULL OR toLower(seen(d.company)) CONTAINS $text)
  AND ($created_after IS NULL OR d.created_at >= $created_after) AND ($created_before IS NULL OR d.created_at < $created_before)
  AND ($converted IS NULL OR $converted = (d.converted_at IS NOT NULL))
  AND ($account IS NULL OR EXISTS { (d)-[:AT]->(:Account {id: $account}) })
  AND holds(d)
WITH d ORDER BY d.id LIMIT $first
RETURN properties(d) AS row, null AS value
