// about: Median days that won deals spent in a stage.
// unit: days
MATCH (o:Outcome)<-[z:ENDED_IN]-(d:Deal) WHERE o.result = 'won'
WITH d, z, z.known_from AS as_of
CALL (d, as_of) {
  MATCH (d)-[n:ENTERED]->(s:Stage) WHERE n.at <= as_of AND known(n)
  WITH n, s ORDER BY n.at, coalesce(n.order, s.order), n.id
  RETURN collect({id: s.id, state: s.state, at: n.at}) AS entries
}
UNWIND range(1, size(entries) - 1) AS k
WITH z, entries[k - 1] AS entry, entries[k].at AS left WHERE entry.state = 'open'
WITH z, entry.id AS group, (left.epochMillis - entry.at.epochMillis) / 86400000.0 AS days
UNWIND $months AS month
WITH z, group, days, month WHERE z.known_from <= month AND (z.known_to IS NULL OR z.known_to > month)
RETURN month, group, percentileCont(days, 0.5) AS value, count(*) AS n
