// about: What each deal would sell.
UNWIND $keys AS key
MATCH (:Deal {id: key})-[r:FOR]->(n:Product)
WHERE known(r)
WITH key, r, n ORDER BY seen(n.name), n.id
RETURN key, collect(n {.*, quantity: r.quantity, amount: r.amount}) AS rows
