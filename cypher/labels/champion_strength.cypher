// about: Whether the deal on which somebody has a role was won (1), lost (0) or is open (null), for the moment at which the role
//     was known (`began`) and each month's end after it while the deal was open, for two years (`month_end`). `id` is
//     'deal|contact', `closed_at` when the outcome was known, `group` the account. Of more than 20,000 deals those with the
//     lowest ids, which are drawn by lot.
MATCH (d:Deal) WHERE known(d)
WITH d ORDER BY d.id LIMIT 20000
MATCH (c:Contact)-[p:PLAYS]->(d) WHERE known(p, c)
WITH d, c, min(p.known_from) AS since
CALL (d) {
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH z, o ORDER BY z.known_from, o.id
  RETURN collect(z)[0] AS z, collect(o)[0] AS o
}
CALL (d) {
  OPTIONAL MATCH (d)-[w:WITH]->(a:Account) WHERE known(w)
  RETURN min(a.id) AS account
}
WITH d, c, o, account, CASE WHEN o.at < z.known_from THEN o.at ELSE z.known_from END AS ended,
  CASE WHEN d.opened_at > since THEN d.opened_at ELSE since END AS first
WITH d, c, o, account, ended, first, CASE WHEN ended < $now THEN ended ELSE $now END AS until
WHERE first <= until
WITH d, c, o, account, ended, first, 1 + duration.inMonths(datetime.truncate('month', first), until).months AS months
UNWIND range(0, CASE WHEN months < 24 THEN months ELSE 24 END) AS m
WITH d, c, o, account, ended, CASE m WHEN 0 THEN first ELSE datetime.truncate('month', first) + duration({months: m}) END AS as_of,
  CASE m WHEN 0 THEN 'began' ELSE 'month_end' END AS moment
WHERE as_of <= $now AND (ended IS NULL OR as_of < ended)
RETURN d.id + '|' + c.id AS id, as_of, CASE o.result WHEN 'won' THEN 1 WHEN 'lost' THEN 0 END AS label,
  coalesce(account, d.id) AS group, ended AS closed_at, moment
ORDER BY id, as_of, moment
