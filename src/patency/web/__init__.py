"""The consult and the library as a web application: pages, JSON, and what keeps the process safe."""
