// about: One model of each score serves: this version.
MATCH (m:Model {name: $name})
SET m.active = (m.version = $version)
RETURN count(m) AS models
