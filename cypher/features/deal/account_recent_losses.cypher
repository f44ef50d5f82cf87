// entity: deal
// family: account history
// about: Deals with this account that were lost in the last 365 days.
// unit: deals
// aggregate: count
// empty: 0
// monotone: down
// window: 365 days
// newest: 200
// because: {value:plural deal deals} with {account} lost in the last year (last reason: {reason})
// each: {deal} lost on {at:day}: {reason}
// absent: No deal with this account was lost in the last year.
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, w, f, v, d, z, o, as_of WHERE o.result = 'lost' AND o.at > before(365) AND d.id <> e.id
RETURN d.id AS id, 1.0 AS x, o.at AS at, [e, f, d, o] AS nodes, [w, v, z] AS relationships, told(d.name) AS deal, told(f.name) AS account,
  coalesce(told(o.reason), 'none given') AS reason
