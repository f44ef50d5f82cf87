// entity: offer
// family: similarity
// about: Win rate of the deals for this product.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: Deals for {product} are won {value:percent} of the time
// each: {product}: {x:percent} over {n} deals
// absent: No deal for this product has ended yet.
CALL (second, as_of) {
  MATCH (n:Norm {id: 'product_win_rate|' + second.id + '|' + month(as_of)}) WHERE known(n)
  RETURN n
}
MATCH (second:Product)
RETURN n.id AS id, n.value AS x, [second, n] AS nodes, [] AS relationships, told(second.name) AS product, n.n AS n
