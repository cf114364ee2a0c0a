"""How a file becomes a `Book`: in a limited child process, so that no file can harm the server."""
