// about: The forecasts of a period that were kept, oldest first.
MATCH (f:Forecast {name: $name, period: $period})
RETURN properties(f) AS row ORDER BY f.as_of
