// about: What a customer could buy next: of the twenty products won most often in two years, those that it has not bought
//     and that no open deal offers it, at most 50,000 of the customers that bought last; 'account|product'.
CALL () {
  MATCH (o:Outcome)<-[z:ENDED_IN]-(d:Deal)-[g:FOR]->(p:Product)
  WHERE o.result = 'won' AND o.at > $as_of - duration({days: 730}) AND known(z, g, p)
  WITH p, count(*) AS wins ORDER BY wins DESC, p.id LIMIT 20
  RETURN collect(p) AS products
}
MATCH (a:Account) WHERE known(a)
CALL (a) {
  MATCH (a)<-[w:WITH]-(d:Deal) WHERE known(w, d) AND (d.opened_at IS NULL OR d.opened_at <= $as_of)
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH d, collect(o.result) AS results, max(o.at) AS ended
  OPTIONAL MATCH (d)-[g:FOR]->(p:Product) WHERE NOT 'lost' IN results AND known(g)
  RETURN max(CASE WHEN 'won' IN results THEN ended END) AS bought, collect(DISTINCT p.id) AS had
}
WITH a, products, had, bought WHERE bought IS NOT NULL
UNWIND products AS p
WITH a, p, had, bought WHERE NOT p.id IN had
WITH a.id + '|' + p.id AS id, bought ORDER BY bought DESC, id LIMIT 50000
RETURN id ORDER BY id
