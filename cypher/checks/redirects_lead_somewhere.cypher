// about: A redirect leads to exactly one entity.
MATCH (r:Redirect)
WITH r, COUNT { (r)-[:TO]->() } AS n
WHERE n <> 1
RETURN r.id AS id, toString(n) + ' targets' AS found
