"""Control charts (XmR) and their signals. Pure: values in, limits and signals out."""
