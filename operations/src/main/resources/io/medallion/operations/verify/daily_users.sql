select distinct site, local_date as day, visitor from counted
