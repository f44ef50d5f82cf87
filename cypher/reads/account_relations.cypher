// about: The accounts that each account belongs to, owns or works with.
UNWIND $keys AS key
MATCH (e:Account {id: key})-[r:SUBSIDIARY_OF|PARTNERS_WITH|OWNED_BY]-(n:Account)
WHERE known(r)
WITH key, e, r, n ORDER BY type(r), seen(n.name), n.id
RETURN key, collect({type: type(r), outgoing: startNode(r) = e, account: properties(n)}) AS rows
