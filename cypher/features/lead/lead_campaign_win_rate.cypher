// entity: lead
// family: similarity
// about: Share of the campaign's leads that became won deals, shrunk to all leads'.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: {value:percent} of the leads of {campaign} became won deals
// each: {campaign}: {x:percent} of {n} leads
// absent: The lead came from no known campaign.
MATCH (e)-[w:CAME_FROM]->(k:Campaign) WHERE known(w)
MATCH (n:Norm {id: 'campaign_conversion_rate|' + k.id + '|' + month(as_of)}) WHERE known(n)
RETURN w.id AS id, n.value AS x, [e, k, n] AS nodes, [w] AS relationships, told(k.name) AS campaign, n.n AS n
