// about: The product that each row's record is, where it was known at the row's moment.
UNWIND $rows AS row
MATCH (p:Product {id: 'product|' + row.source + ':' + row.record_id})
WHERE p.known_from <= row.as_of AND (p.known_to IS NULL OR p.known_to > row.as_of)
RETURN row.i AS i, p.id AS id
