// entity: account
// family: similarity
// about: Partners, owners, parents and subsidiaries of the account that bought from us.
// unit: accounts
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 25
// because: {value:plural customer customers} of ours tied to it ({account:list})
// each: {account} bought on {at:day}
// absent: No tied account is known as a customer.
newest((e)-[r:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(f:Account))
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, as_of, r, f, v, d, z, o WHERE o.result = 'won'
RETURN r.id + '|' + d.id AS id, f.id AS x, o.at AS at, [e, f, d, o] AS nodes, [r, v, z] AS relationships, told(f.name) AS account
