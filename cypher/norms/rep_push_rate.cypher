// about: Share of a rep's ended deals whose expected day of closing was moved to a later one, shrunk to all reps' (10 deals'
//     worth).
// unit: share
CALL () {
  MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
  WITH d, z, o, z.known_from AS as_of
  MATCH (d)<-[w:OWNS]-(r:Rep) WHERE w.from <= o.at AND (w.to IS NULL OR w.to >= o.at) AND known(w)
  WITH d, z, r, as_of, EXISTS { MATCH (d)<-[v:OF]-(h:Change) WHERE h.field = 'close_date' AND h.new > h.old AND h.at <= as_of AND known(v) } AS pushed
  RETURN collect({rep: r.id, from: z.known_from, to: z.known_to, pushed: CASE WHEN pushed THEN 1 ELSE 0 END}) AS facts
}
UNWIND $months AS month
WITH month, [f IN facts WHERE f.from <= month AND (f.to IS NULL OR f.to > month)] AS ended
WITH month, ended, (2.5 + reduce(s = 0, f IN ended | s + f.pushed)) / (10 + size(ended)) AS base
UNWIND ended AS one
WITH month, base, one.rep AS group, count(*) AS n, sum(one.pushed) AS pushed
RETURN month, group, (pushed + 10 * base) / (n + 10) AS value, n
