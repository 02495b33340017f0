-- explorer_decision: what people decided about differences.
-- returns diff_id, at_s, actor, action, reason, in the order of the audit chain.
-- leaves out differences that are not in asked_difference (diff_id), which the caller shows to the query.
select a.subject as diff_id, a.at_s, a.actor, a.action, a.reason
from meta.audit as a
inner join asked_difference as n on n.diff_id = a.subject
order by a.seq
