-- metrics: figures of earlier closed periods, as those closes stored them.
-- returns period, name, currency, channel, value for the periods from $since up to, not including, $period.
-- leaves out nothing.
select m.period, m.name, m.currency, m.channel, m.value
from meta.metric as m
where m.period >= $since
    and m.period < $period
order by m.period, m.name, m.currency, m.channel
