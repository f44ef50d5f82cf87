// about: Win rate of the deals in an industry, shrunk to all deals' (10 deals' worth).
// unit: share
// after: win_rate
MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
WITH d, z, o, z.known_from AS as_of
MATCH (d)-[v:WITH]->(f:Account)-[i:IN]->(y:Industry) WHERE known(v, i)
UNWIND $months AS month
WITH y, z, o, month WHERE z.known_from <= month AND (z.known_to IS NULL OR z.known_to > month)
WITH month, y.id AS group, count(*) AS n, sum(CASE o.result WHEN 'won' THEN 1 ELSE 0 END) AS won
MATCH (base:Norm {id: 'win_rate|all|' + left(toString(month), 7)})
RETURN month, group, (won + 10 * base.value) / (n + 10) AS value, n
