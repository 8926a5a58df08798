"""Reports for the board: tables from the measures, on pages, as files, frozen and compared."""
