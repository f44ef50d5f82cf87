// entity: offer
// family: product and support
// about: Weekly growth of the people using our products at the account over the last 8 weeks, as a natural logarithm.
// unit: log ratio per week
// aggregate: slope
// empty: 0
// monotone: up
// window: 56 days
// because: Product use {value:rise grows shrinks} {value:size} a week ({users:whole} people in the last week)
// each: Week of {at:day}: {users:whole} people
// absent: The account has no product use in the last 8 weeks.
MATCH (e)<-[o:OF]-(u:Usage) WHERE u.week > before(56) AND u.week <= as_of AND u.active_users IS NOT NULL AND known(o)
RETURN u.id AS id, log(1 + u.active_users) AS x, u.week AS at, [e, u] AS nodes, [o] AS relationships, u.active_users AS users
