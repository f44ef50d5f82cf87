// about: Share of a campaign's leads, known for 90 days or more, that became won deals; shrunk to all leads' share
//     (10 leads' worth).
// unit: share
CALL () {
  MATCH (l:Lead)-[w:CAME_FROM]->(k:Campaign)
  CALL (l) {
    OPTIONAL MATCH (l)<-[g:GREW_FROM]-(d:Deal)-[z:ENDED_IN]->(o:Outcome) WHERE o.result = 'won'
    RETURN min(CASE WHEN g.known_from > z.known_from THEN g.known_from ELSE z.known_from END) AS won
  }
  RETURN collect({campaign: k.id, from: w.known_from, to: w.known_to, won: won}) AS facts
}
UNWIND $months AS month
WITH month, [f IN facts WHERE f.from <= month - duration({days: 90}) AND (f.to IS NULL OR f.to > month)] AS leads
WITH month, leads, (1.0 + size([f IN leads WHERE f.won <= month])) / (20 + size(leads)) AS base
UNWIND leads AS lead
WITH month, base, lead.campaign AS group, count(*) AS n, sum(CASE WHEN lead.won <= month THEN 1 ELSE 0 END) AS won
RETURN month, group, (won + 10 * base) / (n + 10) AS value, n
