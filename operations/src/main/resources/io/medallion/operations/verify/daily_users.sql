select distinct day, visitor from counted
