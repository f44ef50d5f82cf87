// entity: offer
// family: account history
// about: Deals that the account bought of products of the same family.
// unit: deals
// aggregate: distinct
// empty: 0
// monotone: none
// newest: 200
// because: Bought {value:plural product products} of the family {family} ({product:list})
// each: {deal} with {product}, won on {at:day}
// absent: The account has bought nothing of this family.
newest((e)<-[v:WITH]-(d:Deal)-[z:ENDED_IN]->(o:Outcome))
WITH e, second, as_of, v, d, z, o WHERE o.result = 'won' AND second.family IS NOT NULL
MATCH (d)-[g:FOR]->(p:Product) WHERE p.family = second.family AND p.id <> second.id AND known(g)
RETURN g.id AS id, p.id AS x, o.at AS at, [e, d, p] AS nodes, [v, g] AS relationships, told(d.name) AS deal, told(p.name) AS product, told(p.family) AS family
