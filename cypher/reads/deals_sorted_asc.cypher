// about: A page of deals by one of their own properties, lowest first, from the cursor on; those without it are left to `deals_rest`.
MATCH (d:Deal)
WHERE known(d)
  AND ($state IS NULL OR d.state = $state) AND ($kind IS NULL OR d.kind = $kind)
  AND ($stage IS NULL OR seen(d.stage) = $stage) AND ($text IS NULL OR toLower(seen(d.name)) CONTAINS $text)
  AND ($min_amount IS NULL OR d.amount >= $min_amount) AND ($max_amount IS NULL OR d.amount <= $max_amount)
  AND ($opened_after IS NULL OR d.opened_at >= $opened_after) AND ($opened_before IS NULL OR d.opened_at < $opened_before)
  AND ($account IS NULL OR EXISTS { (d)-[:WITH]->(:Account {id: $account}) })
  AND ($owner IS NULL OR EXISTS { (d)<-[o:OWNS]-(:Rep {id: $owner}) WHERE o.to IS NULL OR o.to > $as_of })
  AND holds(d)
WITH d, seen(d[$by]) AS value
WHERE value IS NOT NULL AND ($at_value IS NULL OR value > $at_value OR (value = $at_value AND d.id > $at_id))
WITH d, value ORDER BY value ASC, d.id ASC LIMIT $first
RETURN properties(d) AS row, value
