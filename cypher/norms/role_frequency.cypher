// about: Share of won deals in which somebody of the role met us, shrunk to one half (5 deals' worth).
// unit: share
CALL () {
  MATCH (o:Outcome)<-[z:ENDED_IN]-(d:Deal) WHERE o.result = 'won'
  WITH d, z, z.known_from AS as_of
  WITH d, z, as_of, COLLECT {
    MATCH (d)<-[b:ABOUT]-(a:Activity)<-[t:TOOK_PART_IN]-(m:Contact)
    WHERE a.kind IN ['meeting', 'call'] AND a.at <= as_of AND known(t, b)
    RETURN DISTINCT m.id
  } AS met
  WITH z, COLLECT {
    MATCH (c:Contact)-[p:PLAYS]->(d) WHERE p.confidence >= 0.3 AND known(p) AND c.id IN met
    RETURN DISTINCT p.role
  } AS roles
  RETURN collect({from: z.known_from, to: z.known_to, roles: roles}) AS facts
}
UNWIND $months AS month
WITH month, [f IN facts WHERE f.from <= month AND (f.to IS NULL OR f.to > month) | f.roles] AS deals
UNWIND ['economic_buyer', 'champion', 'technical_evaluator', 'user', 'procurement', 'influencer', 'blocker'] AS role
RETURN month, role AS group, (2.5 + size([roles IN deals WHERE role IN roles])) / (5 + size(deals)) AS value, size(deals) AS n
