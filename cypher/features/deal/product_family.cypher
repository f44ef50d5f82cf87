// entity: deal
// family: flat
// about: Family of the product that makes up most of the deal.
// unit: text
// aggregate: latest
// empty: null
// monotone: none
// categorical: true
// because: Product family: {value} ({product})
// each: {product} ({x})
// absent: No product of a known family is on the deal.
MATCH (e)-[g:FOR]->(p:Product) WHERE p.family IS NOT NULL AND known(g)
WITH g, p ORDER BY coalesce(g.amount, g.quantity * p.price, 0) DESC, p.id LIMIT 1
RETURN g.id AS id, p.family AS x, g.known_from AS at, [e, p] AS nodes, [g] AS relationships, told(p.name) AS product
