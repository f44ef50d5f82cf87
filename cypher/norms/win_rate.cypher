// about: Win rate of all deals, shrunk to one in four while few have ended (10 deals' worth).
// unit: share
CALL () {
  MATCH (d:Deal)-[z:ENDED_IN]->(o:Outcome)
  RETURN collect({from: z.known_from, to: z.known_to, won: CASE o.result WHEN 'won' THEN 1 ELSE 0 END}) AS facts
}
UNWIND $months AS month
WITH month, [f IN facts WHERE f.from <= month AND (f.to IS NULL OR f.to > month) | f.won] AS won
RETURN month, 'all' AS group, (2.5 + reduce(s = 0, w IN won | s + w)) / (10 + size(won)) AS value, size(won) AS n
