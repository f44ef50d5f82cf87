// about: Won (1), lost (0) or still open (null), for each moment of each deal at which people see it: each month's end while
//     it is open, for five years (`month_end`), when it was opened (`opened`), and when it entered a stage (`stage`; `last` for the last one
//     before the outcome, which only hindsight names). `closed_at` is when the outcome was known; `group` is the account.
MATCH (d:Deal) WHERE known(d)
CALL (d) {
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH z, o ORDER BY z.known_from, o.id
  RETURN collect(z)[0] AS z, collect(o)[0] AS o
}
WITH d, o, CASE WHEN o.at < z.known_from THEN o.at ELSE z.known_from END AS ended,
  CASE WHEN d.opened_at > d.known_from THEN d.opened_at ELSE d.known_from END AS opened
WITH d, o, ended, opened, CASE WHEN ended < $now THEN ended ELSE $now END AS until
CALL (d, opened, until) {
  RETURN opened AS as_of, 'opened' AS moment
UNION ALL
  MATCH (d)-[n:ENTERED]->(s:Stage) WHERE s.state = 'open' AND known(n)
  WITH CASE WHEN n.at > n.known_from THEN n.at ELSE n.known_from END AS entered
  RETURN CASE WHEN entered > opened THEN entered ELSE opened END AS as_of, 'stage' AS moment
UNION ALL
  WITH opened AS first, until WHERE first <= until
  WITH first, 1 + duration.inMonths(datetime.truncate('month', first), until).months AS months
  UNWIND range(1, CASE WHEN months < 60 THEN months ELSE 60 END) AS m
  RETURN datetime.truncate('month', first) + duration({months: m}) AS as_of, 'month_end' AS moment
}
WITH d, o, ended, opened, as_of, moment WHERE as_of <= $now AND (ended IS NULL OR as_of < ended)
WITH d, o, ended, as_of, collect(moment) AS moments
WITH d, o, ended, collect({as_of: as_of, moments: moments}) AS found,
  max(CASE WHEN 'stage' IN moments OR 'opened' IN moments THEN as_of END) AS last
OPTIONAL MATCH (d)-[w:WITH]->(a:Account) WHERE known(w)
WITH d, o, ended, found, last, min(a.id) AS account
UNWIND found AS one
RETURN d.id AS id, one.as_of AS as_of, CASE o.result WHEN 'won' THEN 1 WHEN 'lost' THEN 0 END AS label,
  coalesce(account, d.id) AS group, ended AS closed_at,
  CASE WHEN 'month_end' IN one.moments THEN 'month_end' WHEN ended IS NOT NULL AND one.as_of = last THEN 'last'
    WHEN 'opened' IN one.moments THEN 'opened' ELSE 'stage' END AS moment
ORDER BY id, as_of
