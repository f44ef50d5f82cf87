// about: A page of leads by one of their own properties, highest first, from the cursor on; those without it are left to `leads_rest`.
MATCH (d:Lead)
WHERE known(d)
  AND ($status IS NULL OR seen(d.status) = $status) AND ($source IS NULL OR seen(d.source) = $source)
  AND ($text IS NULL OR toLower(seen(d.company)) CONTAINS $text)
  AND ($created_after IS NULL OR d.created_at >= $created_after) AND ($created_before IS NULL OR d.created_at < $created_before)
  AND ($converted IS NULL OR $converted = (d.converted_at IS NOT NULL))
  AND ($account IS NULL OR EXISTS { (d)-[:AT]->(:Account {id: $account}) })
  AND holds(d)
WITH d, seen(d[$by]) AS value
WHERE value IS NOT NULL AND ($at_value IS NULL OR value < $at_value OR (value = $at_value AND d.id < $at_id))
WITH d, value ORDER BY value DESC, d.id DESC LIMIT $first
RETURN properties(d) AS row, value
