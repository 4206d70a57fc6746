-- $1 tops of the scope, $2 heard before this is silent
select idle as "idle!", registered as "registered!", bound as "bound!", disabled as "disabled!", online as "online!", mismatch as "mismatch!"
from terminal_counts($1, $2)
