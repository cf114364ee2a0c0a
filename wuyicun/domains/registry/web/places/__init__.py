"""点位: the list, a place's page, adding, editing and closing places."""
