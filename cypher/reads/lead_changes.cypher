// about: The newest changes of each lead's fields; the first value of a field is none.
UNWIND $keys AS key
MATCH (e:Lead {id: key})
CALL (e) {
  MATCH (n:Change)-[:OF]->(e)
  WHERE n.at <= $as_of AND n.old IS NOT NULL AND known(n)
  WITH n ORDER BY n.at DESC, n.id LIMIT $first
  RETURN collect(properties(n)) AS rows
}
RETURN key, rows
