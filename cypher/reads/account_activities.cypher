// about: The newest activities about each account, with who took part.
UNWIND $keys AS key
MATCH (e:Account {id: key})
CALL (e) {
  MATCH (a:Activity)-[:ABOUT]->(e)
  WHERE a.at <= $as_of AND known(a)
  WITH a ORDER BY a.at DESC, a.id LIMIT $first
  CALL (a) {
    MATCH (c:Contact)-[t:TOOK_PART_IN]->(a)
    WHERE known(t)
    WITH c ORDER BY c.id
    RETURN collect(properties(c)) AS people
  }
  OPTIONAL MATCH (rep:Rep)-[:PERFORMED]->(a)
  WITH a, people, head(collect(properties(rep))) AS rep ORDER BY a.at DESC, a.id
  RETURN collect(a {.*, people: people, rep: rep}) AS rows
}
RETURN key, rows
