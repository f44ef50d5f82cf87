// about: A page of accounts by name, last first, from the cursor on.
MATCH (d:Account)
WHERE known(d)
  AND ($country IS NULL OR seen(d.country) = $country) AND ($text IS NULL OR toLower(seen(d.name)) CONTAINS $text)
  AND ($domain IS NULL OR seen(d.domain) = $domain)
  AND ($industry IS NULL OR EXISTS { MATCH (d)-[:IN]->(i:Industry {name: $industry}) WHERE seen(i.name) IS NOT NULL })
  AND holds(d)
WITH d, coalesce(seen(d[$by]), '') AS value
WHERE $at_value IS NULL OR value < $at_value OR (value = $at_value AND d.id < $at_id)
WITH d, value ORDER BY value DESC, d.id DESC LIMIT $first
RETURN properties(d) AS row, value
