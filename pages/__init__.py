"""The screens. Each module draws one; `register` puts them all onto the server."""
