"""mien: reads the expression on a face and finds music that fits.

>>> import mien
>>> reading = mien.read("me.jpg")               # doctest: +SKIP
>>> for song in mien.recommend(reading, n=6):   # doctest: +SKIP
...     print(song.song.title, song.why)

The public names are listed in `__init__.pyi`; each is loaded when it is first used, so that
importing mien costs nothing.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
