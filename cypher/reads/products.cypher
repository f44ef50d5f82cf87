// about: Products by id.
UNWIND $keys AS key
MATCH (p:Product {id: key}) WHERE known(p)
RETURN key, collect(properties(p)) AS rows
