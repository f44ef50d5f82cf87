// entity: deal
// family: account history
// about: Share of the account's earlier deals that were won, newer ones weighing more, shrunk to the company's win
//     rate.
// unit: share
// aggregate: weighted_mean
// empty: null
// monotone: up
// prior: win_rate|all 2.0
// newest: 200
// because: We won {yes} of {count:plural deal deals} with {account}
// none: We lost {count:plural deal deals} with {account} and won none
// each: {deal}: {result} on {at:day}
// absent: The account has no closed deal (average assumed).
MATCH (e)-[w:WITH]->(f:Account) WHERE known(w)
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, w, f, v, d, z, o, as_of WHERE d.id <> e.id
RETURN d.id AS id, CASE o.result WHEN 'won' THEN 1.0 ELSE 0.0 END AS x, decay(o.at, 730) AS w, o.at AS at, [e, f, d, o] AS nodes,
  [w, v, z] AS relationships, told(d.name) AS deal, o.result AS result, told(f.name) AS account
