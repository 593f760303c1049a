"""The run place: header, table and graph of what is being carried out."""
