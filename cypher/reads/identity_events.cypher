// about: What became of identities after a number, in order.
MATCH (n:IdentityEvent)
WHERE n.sequence > $after AND ($kinds IS NULL OR n.kind IN $kinds) AND known(n)
WITH n ORDER BY n.sequence LIMIT $first
RETURN properties(n) AS row
