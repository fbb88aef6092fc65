"""blog-archiver: archive blogs with every comment in its place."""

__version__ = "0.1.0"
