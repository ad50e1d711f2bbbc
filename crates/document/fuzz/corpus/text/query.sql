sql
-- days
select 1;
