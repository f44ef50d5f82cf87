// about: The newest forecast of a period that was kept until a moment.
MATCH (f:Forecast {name: $name, period: $period}) WHERE f.as_of <= $until
WITH f ORDER BY f.as_of DESC LIMIT 1
RETURN properties(f) AS row
