"""The library as a static site: what is content becomes pages, charts and tables that anybody can read."""
