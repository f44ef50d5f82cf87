// about: Won (1) or lost (0), for each moment of each closed deal at which it could have been scored: when it was opened, when
//     it entered a stage, and monthly while open. The last stage entered before the outcome is the moment `last`; the moments
//     of one deal share a weight of 1; `group` is its account.
MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
WITH d, z, o ORDER BY z.known_from, o.id
WITH d, collect(z)[0] AS z, collect(o)[0] AS o
WITH d, o, CASE WHEN o.at < z.known_from THEN o.at ELSE z.known_from END AS ended,
  CASE WHEN d.opened_at > d.known_from THEN d.opened_at ELSE d.known_from END AS opened
CALL (d, ended, opened) {
  RETURN opened AS as_of, 'opened' AS moment
UNION ALL
  MATCH (d)-[n:ENTERED]->(s:Stage) WHERE s.state = 'open' AND known(n)
  WITH CASE WHEN n.at > n.known_from THEN n.at ELSE n.known_from END AS entered
  RETURN CASE WHEN entered > opened THEN entered ELSE opened END AS as_of, 'stage' AS moment
UNION ALL
  UNWIND range(1, 60) AS m
  RETURN opened + duration({months: m}) AS as_of, 'monthly' AS moment
}
WITH d, o, as_of, moment WHERE as_of < ended AND as_of <= $now
WITH d, o, as_of, collect(moment) AS moments
WITH d, o, collect({as_of: as_of, moments: moments}) AS found,
  max(CASE WHEN 'stage' IN moments OR 'opened' IN moments THEN as_of END) AS last
OPTIONAL MATCH (d)-[w:WITH]->(a:Account) WHERE known(w)
WITH d, o, found, last, min(a.id) AS account
UNWIND found AS one
RETURN d.id AS id, one.as_of AS as_of, CASE o.result WHEN 'won' THEN 1 ELSE 0 END AS label, coalesce(account, d.id) AS group,
  CASE WHEN one.as_of = last THEN 'last' WHEN 'opened' IN one.moments THEN 'opened' WHEN 'stage' IN one.moments THEN 'stage'
    ELSE 'monthly' END AS moment,
  1.0 / size(found) AS weight, o.at AS closed_at
ORDER BY id, as_of
