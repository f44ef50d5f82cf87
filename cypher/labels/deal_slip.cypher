// about: Whether a deal's expected day of closing slipped (1: it was moved to a later day, or passed with the deal open), held (0:
//     the deal ended by it), or neither is known yet (null), for each month's end at which the deal was open with such a
//     day to come (`month_end`), for three years. `closed_at` is when that was known, `group` the account.
MATCH (d:Deal) WHERE known(d)
CALL (d) {
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH z, o ORDER BY z.known_from, o.id
  WITH collect(z)[0] AS z, collect(o)[0] AS o
  RETURN CASE WHEN o.at < z.known_from THEN o.at ELSE z.known_from END AS ended
}
CALL (d) {
  MATCH (d)<-[f:OF]-(h:Change) WHERE h.field = 'close_date' AND h.moment IS NOT NULL AND known(f)
  WITH h, CASE WHEN h.at > f.known_from THEN h.at ELSE f.known_from END AS since ORDER BY since, h.id
  RETURN collect({since: since, due: h.moment}) AS dates
}
CALL (d) {
  OPTIONAL MATCH (d)-[w:WITH]->(a:Account) WHERE known(w)
  RETURN min(a.id) AS account
}
WITH d, account, ended, dates WHERE size(dates) > 0
WITH d, account, ended, dates, dates[0].since AS first, CASE WHEN ended < $now THEN ended ELSE $now END AS until
WHERE first <= until
WITH d, account, ended, dates, first, 1 + duration.inMonths(datetime.truncate('month', first), until).months AS months
UNWIND range(1, CASE WHEN months < 36 THEN months ELSE 36 END) AS m
WITH d, account, ended, dates, datetime.truncate('month', first) + duration({months: m}) AS as_of
WHERE as_of <= $now AND (ended IS NULL OR as_of < ended)
WITH d, account, ended, dates, as_of, [one IN dates WHERE one.since <= as_of][-1].due + duration({days: 1}) AS due WHERE due > as_of
WITH d, account, ended, as_of, due, head([one IN dates WHERE one.since > as_of AND one.due >= due | one.since]) AS moved
WITH d, account, ended, as_of, CASE WHEN moved < due THEN moved ELSE due END AS slipped
RETURN d.id AS id, as_of, CASE WHEN ended <= slipped THEN 0 WHEN slipped <= $now THEN 1 END AS label,
  coalesce(account, d.id) AS group, CASE WHEN ended <= slipped THEN ended WHEN slipped <= $now THEN slipped END AS closed_at,
  'month_end' AS moment
ORDER BY id, as_of
