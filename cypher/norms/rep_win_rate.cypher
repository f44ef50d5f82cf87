// about: Win rate of a rep's deals beyond what their kind and industry let expect, added to all deals' rate; shrunk by 50
//     deals' worth, so that a rep is not blamed or praised for the mix they were given.
// unit: share
// after: industry_win_rate, kind_win_rate
MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
WITH d, z, o, z.known_from AS as_of
MATCH (d)<-[w:OWNS]-(r:Rep) WHERE w.from <= o.at AND (w.to IS NULL OR w.to >= o.at) AND known(w)
CALL (d, as_of) {
  OPTIONAL MATCH (d)<-[v:OF]-(h:Change) WHERE h.field = 'kind' AND h.new IS NOT NULL AND h.at <= as_of AND known(v)
  WITH h ORDER BY h.at DESC, h.known_from DESC, h.id DESC
  RETURN collect(h.new)[0] AS kind
}
CALL (d, as_of) {
  OPTIONAL MATCH (d)-[v:WITH]->(f:Account)-[i:IN]->(y:Industry) WHERE known(v, i)
  RETURN min(y.id) AS industry
}
UNWIND $months AS month
WITH r, kind, industry, z, o, month WHERE z.known_from <= month AND (z.known_to IS NULL OR z.known_to > month)
WITH month, r.id AS group, kind, industry, count(*) AS n, sum(CASE o.result WHEN 'won' THEN 1 ELSE 0 END) AS won
ORDER BY month, group, kind, industry
MATCH (base:Norm {id: 'win_rate|all|' + left(toString(month), 7)})
OPTIONAL MATCH (k:Norm {id: 'kind_win_rate|' + kind + '|' + left(toString(month), 7)})
OPTIONAL MATCH (y:Norm {id: 'industry_win_rate|' + industry + '|' + left(toString(month), 7)})
WITH month, group, kind, industry, n, won, base.value AS base,
  coalesce(k.value, base.value) + coalesce(y.value, base.value) - base.value AS expected
ORDER BY month, group, kind, industry
WITH month, group, base, sum(n) AS n, sum(won - n * expected) AS surplus
RETURN month, group, base + surplus / (n + 50) AS value, n
