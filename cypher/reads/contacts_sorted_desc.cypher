// about: A page of contacts by name or, for those who may not see names, by id, last first, from the cursor on.
MATCH (d:Contact)
WHERE known(d)
  AND ($seniority IS NULL OR d.seniority = $seniority) AND ($text IS NULL OR toLower(seen(d.name)) CONTAINS $text)
  AND ($account IS NULL OR EXISTS { (d)-[w:WORKS_AT]->(:Account {id: $account}) WHERE w.to IS NULL OR w.to > $as_of })
  AND holds(d)
WITH d, coalesce(seen(d[$by]), '') AS value
WHERE $at_value IS NULL OR value < $at_value OR (value = $at_value AND d.id < $at_id)
WITH d, value ORDER BY value DESC, d.id DESC LIMIT $first
RETURN properties(d) AS row, value
