"""The HTML report: one file that a browser opens without network. What it shows is data; the page is in `page`."""
