"""The systems that are compared, each with the same array, and with 10,000 small ones.

Each has a `name`, the `servers` whose processor time and memory count, a `url`, and `paths`: from the kind of a request
("info", "slice", "chunk", "range", "list", "download") to its path, for what the system can serve. "random" is a path with {}
where a slice goes, written as NumPy does.
"""

from .bpubsub import Bpubsub
from .caterva2 import Caterva2
from .hsds import Hsds
from .nginx import Nginx
from .tiled import Tiled

__all__ = ["Bpubsub", "Caterva2", "Hsds", "Nginx", "Tiled"]
