// about: Whether a deal that grew from the lead was won (1), cannot be any more (0), or neither is known yet (null), for each moment at which people see it: when it arose (`arose`), each of the twelve month's ends after it
//     (`month_end`), and the days asked for (`day_30`), until the outcome is known; a deal that grew from it does not end
//     them. A lead is lost when its last deal is, or, without one, when its status says so. `closed_at` is when the label
//     was known; `group` is the account.
MATCH (l:Lead) WHERE known(l)
WITH l, CASE WHEN l.created_at > l.known_from THEN l.created_at ELSE l.known_from END AS arose
CALL (l) {
  OPTIONAL MATCH (l)<-[g:GREW_FROM]-(d:Deal) WHERE known(g)
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH count(DISTINCT d) AS deals, count(DISTINCT CASE WHEN o IS NOT NULL THEN d END) AS ended,
    min(CASE WHEN o.result = 'won' THEN o.at END) AS won, max(o.at) AS last
  RETURN deals, won, CASE WHEN deals > 0 AND deals = ended AND won IS NULL THEN last END AS lost
}
CALL (l) {
  OPTIONAL MATCH (l)<-[o:OF]-(h:Change) WHERE h.field = 'status' AND h.new IS NOT NULL AND h.at <= $now AND known(o)
  WITH h ORDER BY h.at DESC, h.id DESC LIMIT 1
  RETURN CASE WHEN NOT toLower(h.new) STARTS WITH 'open' AND toLower(h.new) =~ '.*(qualified out|disqualif|unqualif|not qualified|lost|dead|junk|spam|reject|not interested|no interest|closed|archiv|duplicate).*' THEN h.at END AS given_up
}
WITH l, arose, won, CASE WHEN deals = 0 THEN given_up ELSE lost END AS lost
WITH l, arose, won, lost, CASE WHEN coalesce(won, lost, $now) < $now THEN coalesce(won, lost) ELSE $now END AS until
CALL (arose, until) {
  RETURN arose AS as_of, 'arose' AS moment
UNION ALL
  UNWIND range(1, 12) AS m
  RETURN datetime.truncate('month', arose) + duration({months: m}) AS as_of, 'month_end' AS moment
UNION ALL
  UNWIND $days AS day
  RETURN arose + duration({days: day}) AS as_of, 'day_' + toString(day) AS moment
}
WITH l, won, lost, until, as_of, moment WHERE as_of < until
OPTIONAL MATCH (l)-[w:AT]->(a:Account) WHERE known(w)
WITH l, won, lost, as_of, moment, min(a.id) AS account
RETURN l.id AS id, as_of, CASE WHEN won IS NOT NULL THEN 1 WHEN lost IS NOT NULL THEN 0 END AS label, coalesce(account, l.id) AS group,
  moment, coalesce(won, lost) AS closed_at
ORDER BY id, as_of, moment
