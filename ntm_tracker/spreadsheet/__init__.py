"""Tables of offices: `writing` draws them as .xlsx, `reading` takes the cells of .xlsx, .xls and .ods; nothing of the field."""
