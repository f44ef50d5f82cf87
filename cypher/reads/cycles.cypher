// about: What the newest forecast that rests on each score (key) was made with, as JSON: hazards and their factors.
UNWIND $keys AS key
CALL (key) {
  MATCH (f:Forecast {name: key}) WHERE f.as_of <= $as_of
  RETURN f.id AS id, f.learned AS learned ORDER BY f.as_of DESC, f.starts LIMIT 1
}
RETURN key, [{id: id, learned: learned}] AS rows
