// about: Whether the lead became a won deal within 365 days (1) or not (0), for each moment at which it could have been scored:
//     when it arose and monthly until it became a deal or a year had passed. The latest is the moment `last`; the moments of one
//     lead share a weight of 1; `group` is its account. Rows younger than the horizon are not yet decided.
// horizon: 365 days
MATCH (l:Lead) WHERE known(l)
WITH l, CASE WHEN l.created_at > l.known_from THEN l.created_at ELSE l.known_from END AS arose
CALL (l) {
  OPTIONAL MATCH (l)<-[g:GREW_FROM]-(d:Deal) WHERE known(g)
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE o.result = 'won' AND known(z)
  RETURN min(g.known_from) AS converted, min(o.at) AS won
}
CALL (l, arose, converted) {
  UNWIND range(0, 11) AS m
  WITH m, arose + duration({months: m}) AS as_of WHERE as_of <= $now AND (converted IS NULL OR as_of < converted)
  RETURN collect(as_of) AS moments
}
OPTIONAL MATCH (l)-[w:AT]->(a:Account) WHERE known(w)
WITH l, arose, won, moments, min(a.id) AS account
UNWIND moments AS as_of
WITH l, arose, won, moments, account, as_of
RETURN l.id AS id, as_of, CASE WHEN won <= as_of + duration({days: 365}) THEN 1 ELSE 0 END AS label,
  coalesce(account, l.id) AS group,
  CASE WHEN as_of = moments[-1] THEN 'last' WHEN as_of = arose THEN 'opened' ELSE 'monthly' END AS moment,
  1.0 / size(moments) AS weight, won AS closed_at
ORDER BY id, as_of
