// about: Win rate of new business, renewals and expansions, shrunk to all deals' (10 deals' worth).
// unit: share
// after: win_rate
MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
WITH d, z, o, z.known_from AS as_of
MATCH (d)<-[v:OF]-(h:Change) WHERE h.field = 'kind' AND h.new IS NOT NULL AND h.at <= as_of AND known(v)
WITH d, z, o, h ORDER BY h.at DESC, h.known_from DESC, h.id DESC
WITH d, z, o, collect(h.new)[0] AS kind
UNWIND $months AS month
WITH kind, z, o, month WHERE z.known_from <= month AND (z.known_to IS NULL OR z.known_to > month)
WITH month, kind AS group, count(*) AS n, sum(CASE o.result WHEN 'won' THEN 1 ELSE 0 END) AS won
MATCH (base:Norm {id: 'win_rate|all|' + left(toString(month), 7)})
RETURN month, group, (won + 10 * base.value) / (n + 10) AS value, n
