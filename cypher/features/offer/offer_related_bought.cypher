// entity: offer
// family: similarity
// about: Partners, owners, parents and subsidiaries of the account that bought this product.
// unit: accounts
// aggregate: distinct
// empty: 0
// monotone: up
// newest: 25
// because: {value:plural account accounts} tied to it bought this ({account:list})
// each: {account} bought it in {deal}, on {at:day}
// absent: No tied account has bought this product.
newest((e)-[r:PARTNERS_WITH|OWNED_BY|SUBSIDIARY_OF]-(f:Account))
newest((f)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, as_of, r, f, v, d, z, o WHERE o.result = 'won'
MATCH (d)-[g:FOR]->(p:Product) WHERE p.id = second.id AND known(g)
RETURN r.id + '|' + d.id AS id, f.id AS x, o.at AS at, [e, f, d, p] AS nodes, [r, v, g] AS relationships, told(f.name) AS account, told(d.name) AS deal
