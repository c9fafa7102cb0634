"""The web page: four tabs and their web API; the only package that imports gradio."""
