select count(*), count_if(out_as_bot), count_if(out_as_late), max(t) from every_event
