// about: What became of every deal that is known: when it was opened, the stages, amounts and expected days of closing that it had, each with the
//     moment from which it was known, how it ended, and whose it is. `arose` is when the lead that it grew from arose.
MATCH (d:Deal) WHERE known(d)
CALL (d) {
  OPTIONAL MATCH (d)-[z:ENDED_IN]->(o:Outcome) WHERE known(z)
  WITH z, o ORDER BY z.known_from, o.id
  RETURN collect(z)[0] AS z, collect(o)[0] AS o
}
CALL (d) {
  OPTIONAL MATCH (d)-[n:ENTERED]->(s:Stage) WHERE s.state = 'open' AND known(n)
  WITH n, CASE WHEN n.at > n.known_from THEN n.at ELSE n.known_from END AS since, coalesce(n.order, s.order) AS place
  ORDER BY since, place
  RETURN collect(CASE WHEN place IS NOT NULL THEN [since, toFloat(place)] END) AS stages
}
CALL (d) {
  OPTIONAL MATCH (d)<-[f:OF]-(h:Change) WHERE h.field IN ['amount', 'close_date'] AND known(f)
  WITH h, CASE WHEN h.at > f.known_from THEN h.at ELSE f.known_from END AS since ORDER BY since, h.id
  RETURN collect(CASE WHEN h.field = 'amount' AND h.number IS NOT NULL THEN [since, h.number] END) AS amounts,
    collect(CASE WHEN h.field = 'close_date' AND h.moment IS NOT NULL THEN [since, h.moment] END) AS dates
}
CALL (d) {
  OPTIONAL MATCH (d)<-[w:OWNS]-(r:Rep) WHERE known(w) AND (w.to IS NULL OR w.to > $as_of)
  OPTIONAL MATCH (r)-[:IN]->(t:Team)
  WITH w, r, t ORDER BY coalesce(w.from, w.known_from) DESC, r.id, t.id LIMIT 1
  RETURN r.name AS rep, t.name AS team, CASE WHEN 'name' IN t.personal_values THEN t.name END AS private_team
}
CALL (d) {
  OPTIONAL MATCH (d)-[g:FOR]->(p:Product) WHERE known(g)
  WITH g, p ORDER BY coalesce(g.amount, g.quantity * p.price, 0) DESC, p.id LIMIT 1
  RETURN coalesce(p.family, p.name) AS product,
    CASE WHEN CASE WHEN p.family IS NULL THEN 'name' ELSE 'family' END IN p.personal_values THEN coalesce(p.family, p.name) END AS private_product
}
CALL (d) {
  OPTIONAL MATCH (d)-[w:WITH]->(a:Account) WHERE known(w)
  RETURN min(a.id) AS account
}
CALL (d) {
  OPTIONAL MATCH (d)-[g:GREW_FROM]->(l:Lead) WHERE known(g)
  RETURN min(l.created_at) AS arose
}
RETURN d.id AS id, d.name AS name, account, rep, team, product, private_team, private_product, stages, amounts, dates, arose,
  CASE WHEN d.opened_at > d.known_from THEN d.opened_at ELSE d.known_from END AS opened,
  CASE WHEN o.at > d.known_from THEN o.at ELSE z.known_from END AS ended, z.known_from AS told,
  o.result AS result, o.amount AS paid
ORDER BY id
