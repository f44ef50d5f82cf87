// about: What the back-test of each model found, as JSON; models by score name and version.
UNWIND $keys AS key
CALL (key) {
  MATCH (m:Model {name: key.name, version: key.version}) WHERE m.report IS NOT NULL
  RETURN collect({report: m.report}) AS rows
}
RETURN key, rows
