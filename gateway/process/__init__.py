"""The process that serves: uvicorn and its end, one process or several, and the folder in which these share metrics."""
