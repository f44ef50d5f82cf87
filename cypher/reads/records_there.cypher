// about: Which of these records the graph holds.
UNWIND $keys AS key
OPTIONAL MATCH (n:Record {id: key})
RETURN key, n IS NOT NULL AS there
