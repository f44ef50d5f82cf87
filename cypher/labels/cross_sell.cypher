// about: Whether a customer bought a product that it did not have (1) or not yet (null), for each quarter's end of the last
//     three years at which it was a customer and no open deal offered it (`quarter_end`), for the twenty products won most
//     often; of more than 5,000 customers those with the lowest ids, which are drawn by lot. `id` is 'account|product', `closed_at` when the win was known.
CALL () {
  MATCH (o:Outcome)<-[z:ENDED_IN]-(d:Deal)-[g:FOR]->(p:Product) WHERE o.result = 'won' AND known(z, g, p)
  WITH p, count(*) AS wins ORDER BY wins DESC, p.id LIMIT 20
  RETURN collect(p) AS products
}
MATCH (a:Account) WHERE known(a)
CALL (a) {
  MATCH (a)<-[w:WITH]-(d:Deal) WHERE known(w, d)
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH d, min(z.known_from) AS ended, min(CASE WHEN o.result = 'won' THEN z.known_from END) AS won
  OPTIONAL MATCH (d)-[g:FOR]->(p:Product) WHERE known(g)
  RETURN min(won) AS since, collect({product: p.id, from: d.known_from, to: ended, won: won}) AS deals
}
WITH a, products, since, deals WHERE since IS NOT NULL
WITH a, products, since, deals ORDER BY a.id LIMIT 5000
UNWIND products AS p
WITH a, p, since, [one IN deals WHERE one.product = p.id] AS offered
WITH a, p, since, offered, reduce(first = null, one IN offered |
  CASE WHEN one.won IS NULL OR first <= one.won THEN first ELSE one.won END) AS bought
UNWIND range(0, 11) AS q
WITH a, p, since, offered, bought, datetime.truncate('quarter', $now) - duration({months: 3 * q}) AS as_of
WHERE as_of > since AND as_of >= p.known_from AND as_of <= $now AND (bought IS NULL OR as_of < bought)
  AND none(one IN offered WHERE one.from <= as_of AND (one.to IS NULL OR one.to > as_of))
RETURN a.id + '|' + p.id AS id, as_of, CASE WHEN bought IS NOT NULL THEN 1 END AS label, a.id AS group, bought AS closed_at,
  'quarter_end' AS moment
ORDER BY id, as_of
