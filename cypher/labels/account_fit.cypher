// about: Whether an account that had not bought yet did (1) or not yet (null), for each quarter's end of the last three years at
//     which it was known and no customer (`quarter_end`), and when it became known (`arose`). `closed_at` is when the win
//     was known.
MATCH (a:Account) WHERE known(a)
CALL (a) {
  OPTIONAL MATCH (a)<-[w:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE o.result = 'won' AND known(w, z)
  RETURN min(CASE WHEN z.known_from > w.known_from THEN z.known_from ELSE w.known_from END) AS bought
}
WITH a, bought, a.known_from AS arose
CALL (arose) {
  RETURN arose AS as_of, 'arose' AS moment
UNION ALL
  UNWIND range(0, 11) AS q
  WITH datetime.truncate('quarter', $now) - duration({months: 3 * q}) AS as_of, arose WHERE as_of > arose
  RETURN as_of, 'quarter_end' AS moment
}
WITH a, bought, as_of, moment WHERE as_of <= $now AND (bought IS NULL OR as_of < bought)
RETURN a.id AS id, as_of, CASE WHEN bought IS NOT NULL THEN 1 END AS label, a.id AS group, bought AS closed_at, moment
ORDER BY id, as_of, moment
