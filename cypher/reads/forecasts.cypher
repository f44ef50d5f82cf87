// about: The forecasts that were kept, of one period or of all, the newest moment first.
MATCH (f:Forecast)
WHERE f.as_of <= $as_of AND ($period IS NULL OR f.period = $period)
WITH f ORDER BY f.as_of DESC, f.starts, f.id LIMIT $first
RETURN properties(f) AS row
