// about: What is stored of two records: their own comparison, records tied to both, and the best rejected pair of each.
UNWIND $keys AS key
CALL (key) {
  MATCH (:Record {id: key.a})-[c:COMPARED_WITH]-(:Record {id: key.b})
  WHERE known(c)
  RETURN collect(properties(c)) AS pairs
}
CALL (key) {
  MATCH (:Record {id: key.a})-[x:COMPARED_WITH {decision: 'accepted'}]-(n:Record)-[y:COMPARED_WITH {decision: 'accepted'}]-(:Record {id: key.b})
  WHERE known(x, y, n)
  WITH n, x, y ORDER BY CASE WHEN x.match_weight < y.match_weight THEN x.match_weight ELSE y.match_weight END DESC, n.id LIMIT 5
  RETURN collect(properties(n)) AS links
}
CALL (key) {
  UNWIND [key.a, key.b] AS own
  CALL (own) {
    MATCH (r:Record {id: own})-[x:COMPARED_WITH {decision: 'rejected'}]-(n:Record)
    WHERE known(x, n) AND x.match_weight IS NOT NULL
    WITH r, n, x ORDER BY x.match_weight DESC, n.id LIMIT 1
    RETURN {of: properties(r), record: properties(n), match_weight: x.match_weight} AS best
  }
  RETURN collect(best) AS rejected
}
RETURN key, [{pair: head(pairs), links: links, rejected: rejected}] AS rows
