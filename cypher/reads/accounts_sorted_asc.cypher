// about: A page of accounts by name, first first, from the cursor on.
MATCH (d:Account)
WHERE known(d)
  AND ($country IS NULL OR d.country = $country) AND ($text IS NULL OR toLower(d.name) CONTAINS $text)
  AND ($domain IS NULL OR d.domain = $domain)
  AND ($industry IS NULL OR EXISTS { (d)-[:IN]->(:Industry {name: $industry}) })
WITH d, coalesce(d[$by], '') AS value
WHERE $at_value IS NULL OR value > $at_value OR (value = $at_value AND d.id > $at_id)
WITH d, value ORDER BY value ASC, d.id ASC LIMIT $first
RETURN properties(d) AS row, value
