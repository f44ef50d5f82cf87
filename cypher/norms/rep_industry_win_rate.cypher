// about: Win rate of a rep's deals in one industry, shrunk to the rep's own rate (5 deals' worth). Group: rep|industry.
// unit: share
// after: rep_win_rate
MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
WITH d, z, o, z.known_from AS as_of
MATCH (d)<-[w:OWNS]-(r:Rep) WHERE w.from <= o.at AND (w.to IS NULL OR w.to >= o.at) AND known(w)
MATCH (d)-[v:WITH]->(f:Account)-[i:IN]->(y:Industry) WHERE known(v, i)
UNWIND $months AS month
WITH r, y, z, o, month WHERE z.known_from <= month AND (z.known_to IS NULL OR z.known_to > month)
WITH month, r.id AS rep, y.id AS industry, count(*) AS n, sum(CASE o.result WHEN 'won' THEN 1 ELSE 0 END) AS won
MATCH (base:Norm {id: 'rep_win_rate|' + rep + '|' + left(toString(month), 7)})
RETURN month, rep + '|' + industry AS group, (won + 5 * base.value) / (n + 5) AS value, n
